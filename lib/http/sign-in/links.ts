/** The address of the page whose one button uses a sign-in link up; mail scanners that open it use up nothing. */
export function signInLink(
  publicUrl: string,
  link: { token: string; email: string; next?: string | undefined },
): string {
  const parameters = new URLSearchParams({ token: link.token, email: link.email });
  if (link.next && link.next !== "/") parameters.set("next", link.next);
  return `${publicUrl}/sign-in/link?${parameters}`;
}

/** The address of the sign-in page, for whoever has to sign in before `next`. */
export function signInPage(publicUrl: string, state: { next?: string; error?: string; sent?: string }): string {
  const given = Object.entries(state).filter(([, value]) => value && value !== "/");
  return `${publicUrl}/sign-in${given.length > 0 ? `?${new URLSearchParams(given)}` : ""}`;
}

/** The address of the page that says what an invitation is to, and takes it. */
export function invitationLink(publicUrl: string, token: string): string {
  return `${publicUrl}/invite/${token}`;
}
