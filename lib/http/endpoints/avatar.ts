import {
  type AvatarFormat,
  type AvatarSize,
  type Resolved,
  renderBlankSvg,
  renderFigureRaster,
  renderInitialsRaster,
  renderInitialsSvg,
  renderSilhouetteSvg,
} from "#lib/avatars";
import { AppError } from "#lib/platform/errors";
import { negotiate } from "../accept.ts";
import { type Answer, type Context, endpoint } from "../endpoint.ts";
import { problemResponse } from "../problem.ts";
import { AvatarQuery, type FALLBACKS, readIdentity } from "./avatar-query.ts";

// WebP before AVIF: a browser that takes both gets the one that is made in a tenth of the time.
const NEGOTIABLE = ["image/webp", "image/avif", "image/png", "image/jpeg"] as const;

type Wanted = {
  username: string;
  size: AvatarSize;
  format: AvatarFormat | undefined;
  name: string | undefined;
  fallback: (typeof FALLBACKS)[number];
};

/** `GET /v1/avatar`: a redirect to the photo, or art until there is one. */
export const avatar = endpoint({
  method: "GET",
  tool: "avatar",
  keys: ["publishable", "secret"],
  query: AvatarQuery,
  read: (query): Wanted => ({
    username: readIdentity(query).username,
    size: Number(query.size) as AvatarSize,
    format: query.format,
    name: query.name,
    fallback: query.fallback,
  }),
  units: ({ username, size }) => [{ username, size }],
  run: async (wanted, context): Promise<Answer> => {
    const { services, principal } = context;
    const resolved = await services.avatars.resolve(principal.organizationId, wanted.username, wanted.name);
    const response =
      resolved.status === "resolved"
        ? redirect(resolved.photo.sha256, wanted, context)
        : await fallback(resolved, wanted, context);
    response.headers.set("x-avatar-status", resolved.status);
    return { response, outcomes: [resolved.status] };
  },
});

function redirect(sha256: string, wanted: Wanted, { request, principal }: Context): Response {
  const headers = new Headers({
    "cache-control": principal.cachePublicly ? "public, max-age=86400" : "private, max-age=86400",
  });
  let format = wanted.format;
  if (!format) {
    const type = negotiate(request.headers.get("accept"), NEGOTIABLE) ?? "image/webp";
    format = type.slice("image/".length) as AvatarFormat;
    headers.set("vary", "Accept");
  }
  headers.set("location", `/cdn/${sha256}/${wanted.size}.${format}`);
  return new Response(null, { status: 302, headers });
}

async function fallback(resolved: Resolved, wanted: Wanted, context: Context): Promise<Response> {
  const { size, format, fallback: kind } = wanted;
  const { username, name } = resolved;
  if (kind === "404") {
    const options = { publicUrl: context.services.config.publicUrl, requestId: context.requestId, size };
    return problemResponse(context.request, new AppError("no_avatar"), options);
  }
  const headers = new Headers({
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
  });
  const art = { name, username, size };
  const svg = kind === "silhouette" ? renderSilhouetteSvg(art) : kind === "blank" ? renderBlankSvg(art) : null;
  // Art is SVG unless the caller asked for a format by name: some mail programs show no SVG.
  if (format) {
    headers.set("content-type", `image/${format}`);
    const bytes = svg ? renderFigureRaster(svg, format) : renderInitialsRaster({ ...art, format });
    return new Response(Buffer.from(await bytes), { headers });
  }
  headers.set("content-type", "image/svg+xml");
  return new Response(svg ?? renderInitialsSvg(art), { headers });
}
