import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { ProviderAnswer, ProviderAnswers } from "./answers.ts";
import { CORRECTABLE_FACTS, type Corrections } from "./corrections.ts";
import type { ProfileFacts, SourcedFacts } from "./facts.ts";
import { EMAIL_HASH } from "./findings.ts";
import { canonicalUrl } from "./identity/linkedin-url.ts";
import { type PersonStatus, shownPhoto } from "./people-list.ts";
import { QUEUE_LEASE_MS } from "./shared.ts";

/**
 * A fact, who told it, and when (ISO). `used` is what is shown where several told different things: what this workspace says
 * (`own`) before anybody else.
 */
export type PersonFact = {
  name: keyof ProfileFacts | "company" | "position" | "email";
  value: string | boolean;
  /** `own`, `import`, or the provider's name. */
  source: string;
  at: string;
  used: boolean;
};

/** What one provider answered when it was asked last; `doubted` when it spoke of somebody else. */
export type PersonAnswer = {
  provider: string;
  outcome: ProviderAnswer["kind"];
  at: string;
  facts: number;
  photo: boolean;
};

/** Everything one organization may see of one person. Times are ISO. */
export type PersonDetails = {
  username: string;
  linkedinUrl: string;
  status: PersonStatus;
  /** Of each fact what is used comes first. */
  facts: PersonFact[];
  /** The photo that is shown, and every one there is. Hashes are those of `/cdn/<hash>/<size>.<format>`. */
  photo: { sha256: string; source: string } | null;
  photos: { sha256: string; source: string; at: string | null }[];
  /** Which file they came from, as in a list; null when nobody imported them. */
  imported: { source: string; at: string } | null;
  firstLookedUpAt: string | null;
  /** What is known of looking them up; null when nobody has. `queuedAt` is set while it is under way. */
  lookup: { checkedAt: string | null; nextAt: string | null; queuedAt: string | null; answers: PersonAnswer[] } | null;
  /** Why they are shown as initials: hidden by this workspace, or by the operator for everybody. */
  suppressed: { by: "workspace" | "operator"; reason: string; at: string } | null;
};

type Row = {
  imported: (Record<string, string | null> & { source: string }) | null;
  corrections: Corrections | null;
  importedAt: Date | null;
  ownPhoto: string | null;
  importedPhoto: string | null;
  known: boolean | null;
  facts: SourcedFacts | null;
  sharedPhoto: string | null;
  sharedPhotoSource: string | null;
  answers: ProviderAnswers | null;
  sharedPhotoAt: Date | null;
  findingSource: string | null;
  findingFacts: SourcedFacts | null;
  findingPhoto: string | null;
  findingAt: Date | null;
  queuedAt: Date | null;
  checkedAt: Date | null;
  staleAt: Date | null;
  firstSeenAt: Date | null;
  hiddenReason: string | null;
  hiddenAt: Date | null;
  suppressedReason: string | null;
  suppressedAt: Date | null;
};

const IMPORTED_FACTS = ["firstName", "lastName", "headline", "company", "position", "location", "email"] as const;

/** In the order in which they are told. */
const FACT_NAMES: readonly PersonFact["name"][] = [
  ...IMPORTED_FACTS,
  "industry",
  "summary",
  "openToWork",
  "premium",
  "verified",
];

/** Reads one of the people an organization knows. */
export function createPeople({ db, clock, preferImports }: { db: Database; clock: Clock; preferImports: boolean }) {
  return {
    /**
     * Everything the organization may see of a person (canonical username), for every member; null when it neither imported,
     * looked up nor hides them. Throws AppError `organization_not_found`.
     */
    async get(viewer: Viewer, organizationId: string, username: string): Promise<PersonDetails | null> {
      await requireRole(db.query, organizationId, viewer, "member");
      const [row] = await db.query<Row>(READ, [organizationId, username]);
      if (!row || !(row.imported || row.firstSeenAt || row.hiddenAt)) return null;
      const suppressed = suppressionOf(row);
      const found = row.sharedPhoto ? {} : { sharedPhoto: row.findingPhoto, sharedPhotoSource: row.findingSource };
      const shown = shownPhoto({ ...row, ...found }, preferImports);
      const queuedAt =
        row.queuedAt && row.queuedAt.getTime() > clock.now() - QUEUE_LEASE_MS ? row.queuedAt.toISOString() : null;
      const photo = shown.photoSha256 ? { sha256: shown.photoSha256, source: shown.photoSource ?? "" } : null;
      const withoutPhoto = queuedAt ? "enriching" : "not_found";
      return {
        username,
        linkedinUrl: canonicalUrl(username),
        status: suppressed ? "suppressed" : photo ? "resolved" : withoutPhoto,
        facts: suppressed ? [] : factsOf(row),
        photo: suppressed ? null : photo,
        photos: suppressed ? [] : photosOf(row),
        imported: row.imported && row.importedAt && { source: row.imported.source, at: row.importedAt.toISOString() },
        firstLookedUpAt: row.firstSeenAt?.toISOString() ?? null,
        lookup: row.known
          ? {
              checkedAt: row.checkedAt?.toISOString() ?? null,
              nextAt: row.staleAt?.toISOString() ?? null,
              queuedAt,
              answers: Object.entries(row.answers ?? {}).map(([provider, { kind, at, facts, photo }]) => ({
                provider,
                outcome: kind,
                at,
                facts: Object.keys(facts ?? {}).length,
                photo: photo !== undefined,
              })),
            }
          : null,
        suppressed,
      };
    },
  };

  function factsOf({ imported, importedAt, corrections, facts, findingFacts }: Row): PersonFact[] {
    const at = importedAt?.toISOString() ?? "";
    const corrected = CORRECTABLE_FACTS.flatMap((name) => {
      const correction = corrections?.[name];
      return correction ? [{ name, value: correction.value, source: "own", at: correction.at }] : [];
    });
    const own = IMPORTED_FACTS.flatMap((name) => {
      const value = imported?.[name];
      return value ? [{ name, value, source: "import", at }] : [];
    });
    const sourced = (all: SourcedFacts | null) =>
      Object.entries(all ?? {}).map(([name, fact]) => ({ name: name as PersonFact["name"], ...fact }));
    const shared = sourced(facts);
    const finding = sourced(findingFacts);
    const seen = new Set<string>();
    const others = preferImports ? [...own, ...shared] : [...shared, ...own];
    const all = [...corrected, ...others, ...finding].map((fact) => {
      const used = !seen.has(fact.name);
      seen.add(fact.name);
      return { ...fact, used };
    });
    return all.sort((a, b) => FACT_NAMES.indexOf(a.name) - FACT_NAMES.indexOf(b.name));
  }
}

function photosOf(row: Row): PersonDetails["photos"] {
  const all = [
    { sha256: row.ownPhoto, source: "own", at: null },
    { sha256: row.importedPhoto, source: "import", at: row.importedAt },
    { sha256: row.sharedPhoto, source: row.sharedPhotoSource ?? "", at: row.sharedPhotoAt },
    { sha256: row.findingPhoto, source: row.findingSource ?? "", at: row.findingAt },
  ];
  return all.flatMap(({ sha256, source, at }) => (sha256 ? [{ sha256, source, at: at?.toISOString() ?? null }] : []));
}

function suppressionOf(row: Row): PersonDetails["suppressed"] {
  if (row.suppressedAt)
    return { by: "operator", reason: row.suppressedReason ?? "", at: row.suppressedAt.toISOString() };
  if (row.hiddenAt) return { by: "workspace", reason: row.hiddenReason ?? "", at: row.hiddenAt.toISOString() };
  return null;
}

const READ = `
select case when i.username is not null then json_build_object('source', i.source, 'firstName', i.first_name,
    'lastName', i.last_name, 'headline', i.headline, 'company', i.company, 'position', i.position, 'location', i.location,
    'email', i.email) end as imported,
  i.corrections, i.imported_at as "importedAt", i.own_photo_sha256 as "ownPhoto", i.photo_sha256 as "importedPhoto",
  p.username is not null as known, p.facts, p.photo_sha256 as "sharedPhoto", p.photo_source as "sharedPhotoSource",
  p.answers, p.photo_at as "sharedPhotoAt", f.source as "findingSource", f.facts as "findingFacts",
  f.photo_sha256 as "findingPhoto", f.checked_at as "findingAt", p.queued_at as "queuedAt", p.checked_at as "checkedAt", p.stale_at as "staleAt",
  o.first_seen_at as "firstSeenAt", h.reason as "hiddenReason", h.created_at as "hiddenAt",
  s.reason as "suppressedReason", s.created_at as "suppressedAt"
from (select $2::text as username) asked
left join imported_person i on i.organization_id = $1 and i.username = asked.username
left join organization_profile o on o.organization_id = $1 and o.username = asked.username
left join hidden_person h on h.organization_id = $1 and h.username = asked.username
left join suppression s on s.username = asked.username
left join profile p on p.username = asked.username
left join organization_finding f on f.organization_id = $1 and f.username = asked.username and f.email_hash = ${EMAIL_HASH}`;
