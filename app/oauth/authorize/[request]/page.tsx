import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { consentPurpose, formToken, readSession } from "#lib/http";
import { findResource, formActionSource, identifyClient, type Scope } from "#lib/oauth";
import { isAppError } from "#lib/platform/errors";
import { type Services, sharedServices } from "#lib/services";
import { ClientMark } from "./client-mark.tsx";
import { DestinationNote, isProven } from "./destination-note.tsx";
import { Over } from "./over.tsx";
import { ScopeList } from "./scope-list.tsx";
import { WorkspaceChoice } from "./workspace-choice.tsx";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Connect", robots: { index: false } };

/** The consent screen: who asks, for what, in which workspace, and where the browser goes then. A plain form. */
export default async function Consent({ params }: { params: Promise<{ request: string }> }) {
  const { request: id } = await params;
  const services = await sharedServices();
  const session = await readSession(await headers(), services);
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(`/oauth/authorize/${id}`)}`);
  const asked = await findRequest(services, id);
  if (!asked) return <Over />;
  const { request, client } = asked;
  const identity = identifyClient(client, request.redirectUri);
  const { workspaces, persona } = await workspacesFor(services, session.userId, request.resource);
  return (
    <>
      {/* Browsers apply form-action to the redirect after the POST too: it names exactly where this answer may go. */}
      <meta
        httpEquiv="Content-Security-Policy"
        content={`form-action 'self' ${formActionSource(request.redirectUri)}`}
      />
      <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-5 px-4 py-10">
        <header className="flex items-center gap-4">
          <ClientMark proven={isProven(identity)} name={identity.name} />
          <div className="min-w-0">
            <h1 className="text-balance break-words font-semibold text-xl tracking-tight">
              {identity.verified || identity.known ? identity.name : `“${identity.name}”`} wants to connect to Avtrz
            </h1>
            <p className="mt-1 text-quiet text-sm">
              You are signed in as <span className="wrap-anywhere text-ink">{session.email}</span>
            </p>
          </div>
        </header>
        <form
          method="post"
          action={`/oauth/authorize/decision?request=${id}`}
          className="flex flex-col gap-5 rounded-xl border border-line bg-card p-5 sm:p-6"
        >
          <input type="hidden" name="form_token" value={formToken(services, session, consentPurpose(id))} />
          <DestinationNote identity={identity} />
          {persona && <p className="text-sm">It asks for one conversational avatar: {persona}.</p>}
          <ScopeList scopes={request.scopes as Scope[]} />
          <WorkspaceChoice workspaces={workspaces} />
          <div className="grid grid-cols-2 gap-3">
            <button type="submit" name="decision" value="deny" className={BUTTON}>
              Deny
            </button>
            <button type="submit" name="decision" value="allow" className={BUTTON} disabled={workspaces.length === 0}>
              Allow
            </button>
          </div>
        </form>
        <p className="text-quiet text-sm">
          You can end this connection at any time under{" "}
          <a className="underline" href="/workspaces">
            Workspaces
          </a>
          .
        </p>
      </main>
    </>
  );
}

// Deny and Allow weigh the same: the page has no wish of its own.
const BUTTON =
  "min-h-11 rounded-lg border border-ink bg-card px-4 font-medium hover:bg-ink hover:text-page disabled:cursor-not-allowed disabled:opacity-50";

/** The person's workspaces; where one avatar is asked for, those that have it, and the avatar's name. */
async function workspacesFor(services: Services, userId: string, resource: string) {
  const workspaces = await services.organizations.ofUser(userId);
  const personaId = findResource(services.config.publicUrl, resource)?.personaId;
  if (!personaId) return { workspaces, persona: null };
  const finding = workspaces.map(async (workspace) => {
    const found = await services.personas.find(workspace.id, personaId).catch(() => null);
    return found ? [{ workspace, name: found.config.name }] : [];
  });
  const found = (await Promise.all(finding)).flat();
  return { workspaces: found.map(({ workspace }) => workspace), persona: found[0]?.name ?? null };
}

/** The request and its client, or null when it does not wait any more or its client is gone. */
async function findRequest({ oauth }: Services, id: string) {
  const request = await oauth.requests.find(id);
  if (!request) return null;
  try {
    const client = await oauth.clients.find(request.clientId);
    return client && { request, client };
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
