import type { Clock } from "#lib/platform/clock";
import {
  type createProfileViews,
  type PhotoReference,
  type ProfileView,
  QUEUE_LEASE_MS,
  withoutSource,
} from "#lib/profiles";
import { nameFromUsername } from "./initials/index.ts";

/** The picture of one person as one organization sees them. */
export type Resolved = {
  /** Canonical. */
  username: string;
  /** For initials, and as the picture's alternative text. Empty when nothing but a member URN is known. */
  name: string;
} & ({ status: "resolved"; photo: PhotoReference } | { status: "enriching" | "not_found"; photo: null });

export type Enrichment = {
  /** The HTTP providers that could be asked. */
  providers: readonly string[];
  /** Has the person looked up, once however many ask. */
  request(organizationId: string, username: string): Promise<void>;
  /** Whether people can be found by an address that their organization imported. */
  findsByEmail: boolean;
  /** Has a person found so, for that organization alone. */
  requestFinding(organizationId: string, username: string): Promise<void>;
};

/**
 * Identity in, picture out: what the organization imported and what providers said, in the order configured.
 * Never waits for a provider; a person who is unknown, or known too long ago, is queued behind the answer.
 */
export function createResolver(options: {
  views: ReturnType<typeof createProfileViews>;
  clock: Clock;
  enrichment: Enrichment;
  preferImports: boolean;
}) {
  const { views, clock, enrichment, preferImports } = options;

  return async function resolve(organizationId: string, username: string, givenName = ""): Promise<Resolved> {
    const view = await views.view(organizationId, username);
    const who = { username: view.username, name: nameOf(view, givenName) };
    if (view.suppressed) return { ...who, status: "not_found", photo: null };
    const photo = photoOf(view, preferImports);
    const ownPhoto = photo !== null && photo !== view.shared?.photo && photo !== view.finding?.photo;
    const waiting = isQueued(view.shared, clock.now());
    if (!ownPhoto && !waiting && isDue(view, enrichment.providers, clock.now())) {
      await enrichment.request(organizationId, view.username);
      return photo ? { ...who, status: "resolved", photo } : { ...who, status: "enriching", photo: null };
    }
    const mayBeFound = enrichment.findsByEmail && !ownPhoto && !waiting && view.hasEmail && !view.shared?.photo;
    const finding = mayBeFound && !isQueued(view.finding, clock.now());
    if (finding && (view.finding?.staleAt ?? 0) <= clock.now()) {
      // Only when the others have no photo: it is free, but tells somebody else that the address is asked for.
      await enrichment.requestFinding(organizationId, view.username);
      return photo ? { ...who, status: "resolved", photo } : { ...who, status: "enriching", photo: null };
    }
    if (photo) return { ...who, status: "resolved", photo };
    return { ...who, status: waiting || (mayBeFound && !finding) ? "enriching" : "not_found", photo: null };
  };
}

/** As `resolve`, for a page that only looks: nobody is looked up by it, and nothing is metered. */
export function createPictureReader({
  views,
  preferImports,
}: {
  views: ReturnType<typeof createProfileViews>;
  preferImports: boolean;
}) {
  return async function look(
    organizationId: string,
    username: string,
  ): Promise<{ username: string; name: string; photoSha256: string | null }> {
    const view = await views.view(organizationId, username);
    const photo = view.suppressed ? null : photoOf(view, preferImports);
    return { username: view.username, name: nameOf(view, ""), photoSha256: photo?.sha256 ?? null };
  };
}

function photoOf({ ownPhoto, imported, shared, finding }: ProfileView, preferImports: boolean): PhotoReference | null {
  const [first, second] = preferImports ? [imported, shared] : [shared, imported];
  return ownPhoto ?? first?.photo ?? second?.photo ?? finding?.photo ?? null;
}

function isQueued(lookUp: { queuedAt: number | null } | null, now: number): boolean {
  return lookUp !== null && lookUp.queuedAt !== null && lookUp.queuedAt > now - QUEUE_LEASE_MS;
}

/** Never looked up, looked up too long ago, or before a provider was configured that could be asked now. */
function isDue({ shared }: ProfileView, providers: readonly string[], now: number): boolean {
  if (providers.length === 0) return false;
  if (!shared || shared.staleAt === null || shared.staleAt <= now) return true;
  return !shared.photo && providers.some((provider) => !shared.askedProviders.includes(provider));
}

// Providers know a person's own spelling; a caller's `name` parameter is the next best, a slug the last.
function nameOf(view: ProfileView, givenName: string): string {
  if (view.suppressed) return givenName || nameFromUsername(view.username);
  const told = withoutSource({ ...view.finding?.facts, ...view.shared?.facts });
  const first = view.corrected.firstName ?? view.imported?.facts.firstName ?? told.firstName;
  const last = view.corrected.lastName ?? view.imported?.facts.lastName ?? told.lastName;
  return [first, last].filter(Boolean).join(" ") || givenName || nameFromUsername(view.username);
}
