import type { Metadata } from "next";
import { formToken, signInPage } from "#lib/http";
import { CATALOG } from "#lib/platform/errors";
import { Button, Notice, PostForm } from "#lib/ui";
import { firstOf, viewerOfPage } from "../../viewer.ts";

export const metadata: Metadata = { title: "Invitation", robots: { index: false }, referrer: "same-origin" };
export const dynamic = "force-dynamic";

type Props = {
  params: Promise<{ token: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const MAY = {
  owner: "An owner decides everything about it, its other owners included.",
  admin: "An admin manages its keys, its members and their connections.",
  member: "A member uses what it knows, and connects AI clients to it.",
} as const;

/** Who invites to what, as what; taken by one button, once somebody is signed in. */
export default async function Invitation({ params, searchParams }: Props) {
  const { services, session } = await viewerOfPage();
  const { token } = await params;
  const invitation = await services.invitations.find(token);
  const error = firstOf((await searchParams)["error"]);
  if (!invitation) {
    const { sentence, cure } = CATALOG.invitation_not_found;
    return (
      <Frame title={sentence}>
        <p className="text-pretty text-quiet leading-7">{cure}</p>
      </Frame>
    );
  }
  const { organizationName, role, invitedBy, email } = invitation;
  const next = `/invite/${token}`;
  const another = email !== null && session !== null && session.email !== email;
  return (
    <Frame title={`Join “${organizationName}”`}>
      <p className="text-pretty text-quiet leading-7">
        {invitedBy ? <strong className="break-words text-ink">{invitedBy}</strong> : "Whoever runs this server"} invites{" "}
        {email ? <strong className="break-words text-ink">{email}</strong> : "you"} to this workspace as{" "}
        <strong className="text-ink">{role}</strong>. {MAY[role]}
      </p>
      {(another || error === "invitation_for_another") && (
        <Notice tone="danger">
          {CATALOG.invitation_for_another.sentence} {CATALOG.invitation_for_another.cure}
        </Notice>
      )}
      {session ? (
        <>
          {!another && (
            <PostForm
              action="/invite/accept"
              token={formToken(services, session, "invitation")}
              hidden={{ token }}
              className="grid"
            >
              <Button>Join as {session.email}</Button>
            </PostForm>
          )}
          <a className="text-accent text-sm underline" href={signInPage("", { next })}>
            Sign in as somebody else
          </a>
        </>
      ) : (
        <a
          className="inline-flex h-10 items-center justify-center rounded-lg bg-accent px-4 font-medium text-accent-ink text-sm hover:opacity-90"
          href={signInPage("", { next })}
        >
          Sign in to join
        </a>
      )}
    </Frame>
  );
}

function Frame({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col gap-6 pt-8 sm:pt-14">
      <h1 className="text-balance break-words font-semibold text-3xl tracking-tight">{title}</h1>
      {children}
    </div>
  );
}
