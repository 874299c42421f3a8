import { nextRoute } from "#lib/mounts";

export const dynamic = "force-dynamic";
const route = nextRoute("/operator/providers/try");

export { route as DELETE, route as GET, route as HEAD, route as OPTIONS, route as PATCH, route as POST, route as PUT };
