export const dynamic = "force-dynamic";

export function GET(): Response {
  return new Response(null, {
    status: 302,
    headers: { location: "/cdn/x/128.webp", "cache-control": "public, max-age=86400" },
  });
}
