import { pkce, REDIRECT } from "../support/oauth.ts";

/** Somebody with a browser that runs no scripts: signs in by a link, and allows what clients ask. */
export type Visitor = {
  /** Allows an authorization request; returns the address the answer leads to. */
  allow(authorizationUrl: string): Promise<string>;
  /** A connection of their own: an access token for /mcp. */
  accessToken(): Promise<string>;
};

/** Presses the button of a sign-in link's page. */
export async function signIn(publicUrl: string, link: string): Promise<Visitor> {
  let cookie = "";

  function postForm(address: string, fields: URLSearchParams): Promise<Response> {
    const headers = { origin: publicUrl, cookie };
    return fetch(address, { method: "POST", headers, body: fields, redirect: "manual" });
  }

  const signedIn = await postForm(`${publicUrl}/api/auth/callback/email`, new URL(link).searchParams);
  cookie =
    signedIn.headers
      .getSetCookie()
      .find((one) => one.includes("session"))
      ?.split(";")[0] ?? "";
  if (!cookie) throw new Error(`signing in was answered ${signedIn.status} ${signedIn.headers.get("location")}`);

  async function allow(authorizationUrl: string): Promise<string> {
    const asked = await fetch(authorizationUrl, { headers: { cookie }, redirect: "manual" });
    const page = await fetch(new URL(asked.headers.get("location") ?? "", publicUrl), {
      headers: { cookie },
    });
    const html = await page.text();
    const action = attributeOf(html, /<form[^>]*action="([^"]+)"/);
    const fields = new URLSearchParams({ decision: "allow" });
    for (const name of ["form_token", "organization"]) {
      fields.set(name, attributeOf(html, new RegExp(`<input[^>]*name="${name}"[^>]*value="([^"]+)"`)));
    }
    const decided = await postForm(publicUrl + action.replaceAll("&amp;", "&"), fields);
    return decided.headers.get("location") ?? "";
  }

  return {
    allow,
    async accessToken() {
      const registered = await fetch(`${publicUrl}/oauth/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ redirect_uris: [REDIRECT], client_name: "A reader of the documentation" }),
      });
      const { client_id } = (await registered.json()) as { client_id: string };
      const { verifier, challenge } = pkce();
      const resource = `${publicUrl}/mcp`;
      const request = new URLSearchParams({
        response_type: "code",
        client_id,
        redirect_uri: REDIRECT,
        code_challenge: challenge,
        code_challenge_method: "S256",
        resource,
      });
      const code = new URL(await allow(`${publicUrl}/oauth/authorize?${request}`)).searchParams.get("code") ?? "";
      const grant = { grant_type: "authorization_code", code, client_id, redirect_uri: REDIRECT, resource };
      const answer = await fetch(`${publicUrl}/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({ ...grant, code_verifier: verifier }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
  };
}

function attributeOf(html: string, pattern: RegExp): string {
  const value = pattern.exec(html)?.[1];
  if (!value) throw new Error(`the page has no ${pattern}:\n${html.slice(0, 2_000)}`);
  return value;
}
