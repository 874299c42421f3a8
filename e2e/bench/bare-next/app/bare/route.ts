export const dynamic = "force-dynamic";

export function GET(): Response {
  return new Response(null, {
    status: 302,
    headers: { location: "/cdn/x/128.webp", "cache-control": "public, max-age=86400" },
  });
}

/** Reads a form and answers JSON, as a token endpoint does, and keeps nothing. */
export async function POST(request: Request): Promise<Response> {
  const form = await request.formData();
  return Response.json({ refresh_token: form.get("refresh_token"), token_type: "Bearer" });
}
