import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { formToken, personSegment, readSession, signInPage, workspaceFormPurpose } from "#lib/http";
import { atLeast, type Role } from "#lib/organizations";
import { sharedServices } from "#lib/services";

/**
 * What every page of a workspace starts from; read once for all parts of one page. Whoever is not signed in is sent to
 * sign in and comes back; a workspace that is not theirs is not there.
 */
export const openDashboard = cache(async (workspaceId: string) => {
  if (!workspaceId.startsWith("org_")) notFound();
  const services = await sharedServices();
  const session = await readSession(new Headers(await headers()), services);
  if (!session) redirect(signInPage(services.config.publicUrl, { next: `/${workspaceId}` }));
  const workspaces = await services.organizations.ofUser(session.userId);
  const workspace = workspaces.find((one) => one.id === workspaceId);
  if (!workspace) notFound();
  const usage = await services.quotas.limits.usage(workspace.id);
  return {
    services,
    viewer: session,
    workspaces,
    workspace,
    /** This month, one entry a metric. */
    usage,
    /** Milliseconds; "3 hours ago" is counted from here. */
    now: services.clock.now(),
    may: (role: Role) => atLeast(workspace.role, role),
    /** Of every form of this workspace. */
    token: formToken(services, session, workspaceFormPurpose(workspace.id)),
    /** The address of an act's form. */
    act: (name: string) => `/workspaces/${workspace.id}/${name}`,
    /** The address of a form that brings a file; it leads back to `back` when the file is refused. */
    upload: (name: string, back: string) => withQuery(`/uploads/${workspace.id}/${name}`, { back }),
    /** A page of this workspace. */
    page: (path = "") => `/${workspace.id}${path && `/${path}`}`,
    /** The page of a person of this workspace. */
    personPage: (username: string) => `/${workspace.id}/people/${personSegment(username)}`,
  };
});
export type Dashboard = Awaited<ReturnType<typeof openDashboard>>;

export type PageProps<Params = object> = {
  params: Promise<{ workspace: string } & Params>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** The first value of a query parameter, or undefined when it is missing or empty. */
export function firstOf(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

/** An address with some of its parameters changed; undefined and empty ones are left out. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}
