import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { returnPath, signInPage } from "#lib/http";
import { Button, PostForm } from "#lib/ui";
import { firstOf, viewerOfPage } from "../../viewer.ts";

export const metadata: Metadata = { title: "Sign in", robots: { index: false }, referrer: "same-origin" };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where a sign-in link leads. Opening it does nothing yet: scanners of mail open links too. */
export default async function SignInLink({ searchParams }: Props) {
  const { token, email, next } = await searchParams;
  const { services } = await viewerOfPage();
  if (!firstOf(token) || !firstOf(email)) redirect(signInPage("", { error: "link" }));
  const hidden = {
    token: firstOf(token),
    email: firstOf(email),
    next: returnPath(firstOf(next), services.config.publicUrl),
  };
  return (
    <div className="mx-auto max-w-sm pt-8 sm:pt-14">
      <h1 className="font-semibold text-3xl tracking-tight">One more step</h1>
      <p className="mt-4 text-pretty text-quiet leading-7">
        You are about to sign in as <strong className="break-words text-ink">{hidden.email}</strong>. If that is not
        you, close this page.
      </p>
      <PostForm action="/api/auth/callback/email" hidden={hidden} className="mt-6 grid">
        <Button>Sign in</Button>
      </PostForm>
    </div>
  );
}
