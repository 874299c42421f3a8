import { headers } from "next/headers";
import { readSession } from "#lib/http";
import { sharedServices } from "#lib/services";

/** Who looks at a page, with the process's services; `session` is null when nobody is signed in. */
export async function viewerOfPage() {
  const services = await sharedServices();
  const session = await readSession(new Headers(await headers()), services);
  return { services, session };
}

/** The first value of a query parameter. */
export function firstOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
