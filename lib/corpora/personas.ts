import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { type AvatarConfig, PersonaError, parseConfig } from "#lib/personas";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import { type Database, type Query, sqlState } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import { type Asker, requireAsker } from "./asker.ts";
import type { Objects } from "./objects.ts";

/** `reading`: files wait, or the index is not yet of all that was read. What was read before answers meanwhile. */
export type PersonaStatus = "empty" | "reading" | "ready";

export type PersonaSummary = {
  id: string;
  /** What MCP clients know it by; unique in its workspace. */
  slug: string;
  name: string;
  description: string;
  status: PersonaStatus;
  /** Its sources are this program's own documentation, which it keeps up with by itself. */
  builtIn: boolean;
  sources: number;
  /** Of the sources: not read yet. */
  waiting: number;
  /** Of the sources: those that have text. */
  readable: number;
  passages: number;
  words: number;
  createdAt: string;
};

/** A persona as whoever asks it needs it. */
export type PersonaRow = {
  id: string;
  /** Null when it comes with the program. */
  organizationId: string | null;
  slug: string;
  config: AvatarConfig;
};

export type NewPersona = {
  name: string;
  description?: string | undefined;
  /** Lower-case letters, digits and hyphens; made from the name where it is not given. */
  slug?: string | undefined;
  /** The rest of a config.json: `birthYear`, `expertise`, `voice`, `systemPrompt` and what else it has. */
  config?: Readonly<Record<string, unknown>> | undefined;
};

const MAX_NAME = 100;
const MAX_DESCRIPTION = 1_000;
const MAX_CONFIG_CHARACTERS = 50_000;
const UNIQUE_VIOLATION = "23505";
const MOST_OF_ONE_NAME = 50;

/** The personas of organizations: owners and admins change them, members see them. */
export function createPersonas({ db, clock, objects }: { db: Database; clock: Clock; objects: Objects }) {
  /**
   * By its id or its slug, of those that the organization may ask: its own, and what comes with the program.
   * Throws AppError `persona_not_found`.
   */
  async function find(organizationId: string, idOrSlug: string, query: Query = db.query): Promise<PersonaRow> {
    const [row] = isStorable(idOrSlug) ? await query<StoredPersona>(FIND, [organizationId, idOrSlug]) : [];
    if (!row) throw new AppError("persona_not_found", { fields: { id: shown(idOrSlug) } });
    return { id: row.id, organizationId: row.organizationId, slug: row.slug, config: configOf(row) };
  }

  /** One that the organization may change. Throws AppError `persona_not_found`, `persona_built_in`. */
  async function findOwn(organizationId: string, idOrSlug: string, query?: Query): Promise<PersonaRow> {
    const row = await find(organizationId, idOrSlug, query);
    if (row.organizationId === null) throw new AppError("persona_built_in");
    return row;
  }

  return {
    find,
    findOwn,

    /** Its own, then what comes with the program. Throws AppError `organization_not_found` for whoever is no member. */
    async list(asker: Asker, organizationId: string): Promise<PersonaSummary[]> {
      await requireAsker(db.query, organizationId, asker, "member");
      const rows = await db.query<SummaryRow>(`${SUMMARY} order by p.built_in is not null, p.created_at, p.id`, [
        organizationId,
      ]);
      return rows.map(summary);
    },

    /** By its id or its slug. Throws AppError `persona_not_found`. */
    async get(asker: Asker, organizationId: string, idOrSlug: string): Promise<PersonaSummary> {
      await requireAsker(db.query, organizationId, asker, "member");
      const { id } = await find(organizationId, idOrSlug);
      const [row] = await db.query<SummaryRow>(`${SUMMARY} and p.id = $2`, [organizationId, id]);
      if (!row) throw new AppError("persona_not_found", { fields: { id } });
      return summary(row);
    },

    /**
     * Makes a persona without sources. Throws AppError `role_too_low`, `persona_invalid`, or `persona_exists` when the
     * slug that was given is taken.
     */
    async create(viewer: Viewer, organizationId: string, wanted: NewPersona): Promise<PersonaRow> {
      const name = oneLine(wanted.name, MAX_NAME, "its name");
      const description = oneLine(wanted.description ?? "", MAX_DESCRIPTION, "its description", true);
      const given = wanted.slug?.trim() || undefined;
      const { id: _i, name: _n, description: _d, ...rest } = { ...wanted.config } as Record<string, unknown>;
      const stored = JSON.stringify(rest);
      if (stored.length > MAX_CONFIG_CHARACTERS || !isStorable(stored)) throw invalid("its configuration is too large");
      const now = clock.now();
      const id = newId("per", now);
      for (let n = 1; n <= MOST_OF_ONE_NAME; n++) {
        const slug = given ?? (n === 1 ? slugOf(name) : `${slugOf(name)}-${n}`);
        const config = configOf({ slug, name, description, config: rest });
        const made = await db.transaction(async (query) => {
          await requireRole(query, organizationId, viewer, "admin");
          const rows = await query(
            `insert into persona (id, organization_id, slug, name, description, config, created_at)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, slug) do nothing returning id`,
            [id, organizationId, slug, name, description, stored, new Date(now)],
          );
          if (rows.length === 0) return false;
          await audit(query, viewer, organizationId, "persona.create", id, { name });
          return true;
        });
        if (made) return { id, organizationId, slug, config };
        if (given) break;
      }
      throw new AppError("persona_exists", { fields: { slug: given ?? slugOf(name) } });
    },

    /**
     * Changes what is given. Throws AppError `role_too_low`, `persona_not_found`, `persona_built_in`, `persona_invalid`,
     * `persona_exists`.
     */
    async update(viewer: Viewer, organizationId: string, id: string, change: Partial<NewPersona>): Promise<void> {
      await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const { config: before, id: personaId } = await findOwn(organizationId, id, query);
        const name = change.name === undefined ? before.name : oneLine(change.name, MAX_NAME, "its name");
        const description =
          change.description === undefined
            ? before.description
            : oneLine(change.description, MAX_DESCRIPTION, "its description", true);
        const slug = change.slug?.trim() || before.id;
        const {
          id: _i,
          name: _n,
          description: _d,
          ...rest
        } = { ...before, ...change.config } as Record<string, unknown>;
        configOf({ slug, name, description, config: rest });
        const stored = JSON.stringify(rest);
        if (stored.length > MAX_CONFIG_CHARACTERS || !isStorable(stored))
          throw invalid("its configuration is too large");
        await query(
          "update persona set slug = $3, name = $4, description = $5, config = $6 where organization_id = $1 and id = $2",
          [organizationId, personaId, slug, name, description, stored],
        ).catch((error: unknown) => {
          throw sqlState(error) === UNIQUE_VIOLATION ? new AppError("persona_exists", { fields: { slug } }) : error;
        });
        await audit(query, viewer, organizationId, "persona.update", personaId, { name });
      });
    },

    /**
     * Deletes a persona with its sources, passages, index and files. Throws AppError `role_too_low`, `persona_not_found`,
     * `persona_built_in`.
     */
    async remove(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      const personaId = await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const { id: found, config } = await findOwn(organizationId, id, query);
        await query("delete from persona where organization_id = $1 and id = $2", [organizationId, found]);
        await audit(query, viewer, organizationId, "persona.delete", found, { name: config.name });
        return found;
      });
      // What cannot be removed now the worker removes later.
      await objects.sweep(personaId).catch(() => undefined);
    },
  };

  function audit(
    query: Query,
    viewer: Viewer,
    organizationId: string,
    action: string,
    target: string,
    detail: Record<string, string>,
  ): Promise<void> {
    return recordAudit(query, clock, { organizationId, actor: actorOf(viewer), action, target, detail });
  }
}

type StoredPersona = {
  id: string;
  organizationId: string | null;
  slug: string;
  name: string;
  description: string;
  config: Record<string, unknown>;
};
type SummaryRow = Omit<PersonaSummary, "createdAt" | "status"> & { createdAt: Date; indexed: boolean };

const FIND = `
select id, organization_id as "organizationId", slug, name, description, config from persona
where (organization_id = $1 or built_in is not null) and (id = $2 or slug = $2)
order by id = $2 desc, built_in is null desc limit 1`;

const SUMMARY = `
select p.id, p.slug, p.name, p.description, p.built_in is not null as "builtIn", p.created_at as "createdAt",
  p.indexed_revision >= p.revision as indexed, s.sources, s.waiting, d.readable, d.passages, d.words
from persona p, lateral (
  select count(*)::int as sources, count(*) filter (where state = 'waiting')::int as waiting
  from persona_source where persona_id = p.id
) s, lateral (
  select count(*) filter (where facts->>'status' = 'ready')::int as readable,
    coalesce(sum((facts->>'passages')::int), 0)::int as passages, coalesce(sum((facts->>'words')::int), 0)::int as words
  from persona_document where persona_id = p.id
) d
where (p.organization_id = $1 or p.built_in is not null)`;

function summary({ createdAt, indexed, ...row }: SummaryRow): PersonaSummary {
  const status = row.waiting > 0 || !indexed ? "reading" : row.passages > 0 ? "ready" : "empty";
  return { ...row, status, createdAt: createdAt.toISOString() };
}

/** The config.json that a row stands for. Throws AppError `persona_invalid`. */
export function configOf({
  slug,
  name,
  description,
  config,
}: Omit<StoredPersona, "id" | "organizationId">): AvatarConfig {
  try {
    return parseConfig(JSON.stringify({ ...config, id: slug, name, description }), "config.json").config;
  } catch (error) {
    if (error instanceof PersonaError)
      throw invalid((error.fields["problems"] ?? "").replace(/^- /gm, "").replaceAll("\n", "; "));
    throw error;
  }
}

function invalid(problem: string): AppError {
  return new AppError("persona_invalid", { fields: { problem } });
}

function oneLine(given: string, most: number, what: string, mayBeEmpty = false): string {
  const text = given.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, " ").trim();
  if (text === "" && !mayBeEmpty) throw invalid(`${what} is missing`);
  if (text.length > most) throw invalid(`${what} has more than ${most} characters`);
  return text;
}

/** `Thomas Paine` → `thomas-paine`. */
function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain.slice(0, 60) || "avatar";
}

function isStorable(text: string): boolean {
  return !text.includes("\0") && !text.includes("\\u0000") && text.isWellFormed();
}

function shown(id: string): string {
  return id.slice(0, 60).replace(/[^\w-]/g, "?");
}
