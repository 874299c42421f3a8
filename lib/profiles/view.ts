import { LRUCache } from "lru-cache";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { type Corrections, correctedValues } from "./corrections.ts";
import type { ProfileFacts, SourcedFacts } from "./facts.ts";
import { EMAIL_HASH } from "./findings.ts";

/** A stored photo, and what a page can show before it has loaded. */
export type PhotoReference = { sha256: string; thumbhash: Uint8Array; dominantColour: string };

/** Everything one organization may see of one person. */
export type ProfileView = {
  /** Canonical: for a member URN that a provider has named, the username. */
  username: string;
  /** For everybody, or by this organization. */
  suppressed: boolean;
  /** Uploaded by hand in this organization: shown before any other. */
  ownPhoto: PhotoReference | null;
  /** What this organization says of them, before anybody else; nobody else sees it. */
  corrected: ProfileFacts;
  /** What this organization imported; nobody else sees it. */
  imported: { facts: ProfileFacts; photo: PhotoReference | null } | null;
  /** Whether this organization imported an address that they may be found by. */
  hasEmail: boolean;
  /** What was found by that address; nobody else sees it. Times in milliseconds. */
  finding: {
    facts: SourcedFacts;
    photo: PhotoReference | null;
    queuedAt: number | null;
    staleAt: number | null;
  } | null;
  /** What HTTP providers said; everybody sees it. Times in milliseconds. */
  shared: {
    status: "enriching" | "resolved" | "not_found";
    facts: SourcedFacts;
    photo: PhotoReference | null;
    askedProviders: string[];
    queuedAt: number | null;
    staleAt: number | null;
  } | null;
};

type Asked = { organizationId: string; username: string };
type ViewRow = {
  username: string;
  suppressed: boolean;
  corrections: Corrections | null;
  imported: ProfileFacts | null;
  importedPhoto: Buffer | null;
  importedSha256: string | null;
  importedColour: string | null;
  own: Buffer | null;
  ownSha256: string | null;
  ownColour: string | null;
  hasEmail: boolean;
  findingFacts: SourcedFacts | null;
  findingPhoto: Buffer | null;
  findingSha256: string | null;
  findingColour: string | null;
  findingQueuedAt: Date | null;
  findingStaleAt: Date | null;
  status: "enriching" | "resolved" | "not_found" | null;
  facts: SourcedFacts;
  photo: Buffer | null;
  sha256: string | null;
  colour: string | null;
  askedProviders: string[];
  queuedAt: Date | null;
  staleAt: Date | null;
};

/** How long a view is believed; a suppression or an import shows everywhere within a second. */
const REMEMBER_MS = 500;

/** Reads views: remembered for half a second, and one statement for all that are asked for together. */
export function createProfileViews({ db, clock }: { db: Database; clock: Clock }) {
  const remembered = new LRUCache<string, { view: ProfileView; until: number }>({ max: 20_000 });
  const load = createBatcher<Asked, ProfileView>({
    maxItems: 256,
    maxInFlight: 2,
    run: async (asked) => {
      const rows = await db.query<ViewRow>(VIEW, [
        asked.map((item) => item.organizationId),
        asked.map((item) => item.username),
      ]);
      return rows.map(toView);
    },
  });

  return {
    /** What `organizationId` may see of the person, who may be unknown. */
    async view(organizationId: string, username: string): Promise<ProfileView> {
      const key = `${organizationId} ${username}`;
      const known = remembered.get(key);
      const now = clock.now();
      if (known && known.until > now) return known.view;
      const view = await load({ organizationId, username });
      remembered.set(key, { view, until: now + REMEMBER_MS });
      return view;
    },
    /** Forgets a view that this process has just changed. */
    forget(organizationId: string, username: string): void {
      remembered.delete(`${organizationId} ${username}`);
    },
  };
}

const VIEW = `
with asked as (
  select a.n, a.organization_id, coalesce(alias.canonical_username, a.username) as username
  from unnest($1::text[], $2::text[]) with ordinality as a(organization_id, username, n)
  left join profile alias on alias.username = a.username
)
select asked.username, s.username is not null or h.username is not null as suppressed,
  i.corrections, case when i.username is not null then json_strip_nulls(json_build_object(
    'firstName', i.first_name, 'lastName', i.last_name, 'headline', i.headline, 'location', i.location)) end as imported,
  ip.sha256 as "importedSha256", ip.thumbhash as "importedPhoto", ip.dominant_colour as "importedColour",
  op.sha256 as "ownSha256", op.thumbhash as own, op.dominant_colour as "ownColour",
  i.email is not null as "hasEmail", f.facts as "findingFacts", f.queued_at as "findingQueuedAt", f.stale_at as "findingStaleAt",
  fp.sha256 as "findingSha256", fp.thumbhash as "findingPhoto", fp.dominant_colour as "findingColour",
  p.status, p.facts, p.asked_providers as "askedProviders", p.queued_at as "queuedAt", p.stale_at as "staleAt",
  pp.sha256, pp.thumbhash as photo, pp.dominant_colour as colour
from asked
left join suppression s on s.username = asked.username
left join hidden_person h on h.organization_id = asked.organization_id and h.username = asked.username
left join imported_person i on i.organization_id = asked.organization_id and i.username = asked.username
left join photo ip on ip.sha256 = i.photo_sha256
left join photo op on op.sha256 = i.own_photo_sha256
left join organization_finding f on f.organization_id = asked.organization_id and f.username = asked.username
  and f.email_hash = ${EMAIL_HASH}
left join photo fp on fp.sha256 = f.photo_sha256
left join profile p on p.username = asked.username
left join photo pp on pp.sha256 = p.photo_sha256
order by asked.n`;

function toView(row: ViewRow): ProfileView {
  return {
    username: row.username,
    suppressed: row.suppressed,
    ownPhoto: reference(row.ownSha256, row.own, row.ownColour),
    corrected: correctedFacts(row.corrections),
    imported: row.imported && {
      facts: row.imported,
      photo: reference(row.importedSha256, row.importedPhoto, row.importedColour),
    },
    hasEmail: row.hasEmail,
    finding: row.findingFacts && {
      facts: row.findingFacts,
      photo: reference(row.findingSha256, row.findingPhoto, row.findingColour),
      queuedAt: row.findingQueuedAt?.getTime() ?? null,
      staleAt: row.findingStaleAt?.getTime() ?? null,
    },
    shared: row.status && {
      status: row.status,
      facts: row.facts,
      photo: reference(row.sha256, row.photo, row.colour),
      askedProviders: row.askedProviders,
      queuedAt: row.queuedAt?.getTime() ?? null,
      staleAt: row.staleAt?.getTime() ?? null,
    },
  };
}

/** Company and position are no facts of a profile: its headline says both. */
function correctedFacts(corrections: Corrections | null): ProfileFacts {
  const { company: _, position: __, ...facts } = correctedValues(corrections);
  return facts;
}

function reference(sha256: string | null, thumbhash: Uint8Array | null, colour: string | null): PhotoReference | null {
  return sha256 && thumbhash && colour ? { sha256, thumbhash, dominantColour: colour } : null;
}
