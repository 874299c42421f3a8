import type { Metadata } from "next";
import { formToken, PROVIDER_NAMES, returnPath } from "#lib/http";
import { SIGN_IN_PROVIDERS } from "#lib/platform/config";
import { Button, CONTROL, Notice, PostForm } from "#lib/ui";
import { firstOf, viewerOfPage } from "../viewer.ts";

export const metadata: Metadata = { title: "Sign in", robots: { index: false } };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const ERRORS: Readonly<Record<string, string>> = {
  email: "That is not an e-mail address. Write it as name@example.com.",
  mail: "The mail could not be sent. Try again in a while, or ask whoever runs this server for a link.",
  link: "This link was used already, or is too old. Ask for a new one below.",
  provider: "The sign-in was not completed there. Try again, or sign in another way.",
  unverified: "That account has no verified e-mail address. Verify it there, or sign in with a link.",
  too_many: "Too many attempts. Wait a little, then try again; links you have already been sent still work.",
  failed: "You could not be signed in. Try again.",
};

export default async function SignIn({ searchParams }: Props) {
  const { next: wanted, error, sent } = await searchParams;
  const { services, session } = await viewerOfPage();
  const { config } = services;
  const next = returnPath(firstOf(wanted), config.publicUrl);
  const problem = firstOf(error) && (ERRORS[firstOf(error)] ?? ERRORS["failed"]);
  const providers = SIGN_IN_PROVIDERS.filter((provider) => config.signIn[provider]);
  return (
    <div className="mx-auto max-w-sm pt-8 sm:pt-14">
      <h1 className="font-semibold text-3xl tracking-tight">Sign in</h1>
      <div className="mt-6 flex flex-col gap-6">
        {problem && <Notice tone="danger">{problem}</Notice>}
        {firstOf(sent) && <Sent byMail={config.mail !== undefined} />}
        {session && (
          <Notice>
            <p className="break-words">You are signed in as {session.email}.</p>
            <div className="mt-3 flex flex-wrap items-center gap-4">
              <a className="text-accent underline" href={next === "/" ? "/workspaces" : next}>
                Go on
              </a>
              <PostForm action="/api/auth/signout" token={formToken(services, session, "sign-out")}>
                <button type="submit" className="text-accent underline">
                  Sign out
                </button>
              </PostForm>
            </div>
          </Notice>
        )}
        <PostForm action="/api/auth/signin/email" hidden={{ next }} className="flex flex-col gap-3">
          <label className="flex flex-col gap-1 text-sm">
            <span className="text-quiet">E-mail address</span>
            <input
              name="email"
              type="email"
              required
              autoComplete="email"
              placeholder="you@example.com"
              className={CONTROL}
            />
          </label>
          <Button>{config.mail ? "Send me a link" : "Make a link"}</Button>
          <p className="text-pretty text-quiet text-sm leading-6">
            {config.mail
              ? "No password: you get a link that signs you in once."
              : "No mail server is set up here: the link appears in the terminal that runs Avtrz."}
          </p>
        </PostForm>
        {providers.length > 0 && (
          <div className="flex flex-col gap-3 border-line border-t pt-6">
            {providers.map((provider) => (
              <PostForm key={provider} action={`/api/auth/signin/${provider}`} hidden={{ next }} className="grid">
                <Button look="plain">Go on with {PROVIDER_NAMES[provider]}</Button>
              </PostForm>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

function Sent({ byMail }: { byMail: boolean }) {
  return (
    <Notice>
      <p className="font-medium">{byMail ? "Look into your mail." : "Look at the terminal."}</p>
      <p className="mt-1 text-quiet">
        {byMail
          ? "A link is on its way. It works once, for one hour; you may open it in this browser or another."
          : "The link stands in the terminal where Avtrz was started. It works once, for one hour."}
      </p>
    </Notice>
  );
}
