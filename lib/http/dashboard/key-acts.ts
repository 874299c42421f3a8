import { GRACE_CHOICES, type MintedKey } from "#lib/keys";
import { requireRole } from "#lib/organizations";
import { AppError, isAppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import type { SignedIn } from "../session.ts";
import type { Act, Outcome } from "./act.ts";
import { once } from "./once.ts";
import { forgetShownOnce, shownOnce } from "./shown-once.ts";

const KEY_ID = /^key_[0-9a-hjkmnp-tv-z]{26}$/;

export const KEY_ACTS: Readonly<Record<string, Act>> = {
  "create-key": {
    done: "The key is made.",
    keeps: ["name", "type", "domains"],
    run: (services, viewer, organizationId, fields) => create(services, viewer, organizationId, fields),
  },
  "rename-key": {
    done: "The key has its new name.",
    async run({ keys }, viewer, organizationId, fields) {
      await keys.rename(viewer, organizationId, fields.get("id") ?? "", fields.get("name") ?? "");
      return undefined;
    },
  },
  "set-domains": {
    done: "The domains are saved, and hold within a second.",
    keeps: ["domains"],
    async run({ keys }, viewer, organizationId, fields) {
      await keys.setDomains(viewer, organizationId, fields.get("id") ?? "", domainsIn(fields));
      return undefined;
    },
  },
  "rotate-key": {
    done: "The key is rotated.",
    async run(services, viewer, organizationId, fields) {
      const id = fields.get("id") ?? "";
      const grace = fields.get("grace") ?? "";
      if (!isGrace(grace)) throw new AppError("form_refused");
      return once(services, `${viewer.sessionId} rotates ${organizationId} ${id}`, async () => {
        const made = await services.keys.rotate(viewer, organizationId, id, GRACE_CHOICES[grace]);
        return shown(services, organizationId, made);
      });
    },
  },
  "revoke-key": {
    done: "The key is revoked. It is refused everywhere within a second.",
    async run({ keys }, viewer, organizationId, fields) {
      await keys.revoke(viewer, organizationId, fields.get("id") ?? "");
      return undefined;
    },
  },
  "forget-key": {
    done: "",
    async run(services, viewer, organizationId) {
      await requireRole(services.db.query, organizationId, viewer, "admin");
      return { cookies: [forgetShownOnce(services, "key", organizationId)] };
    },
  },
};

/** The form brings the id its key will have: sent twice, or again from the history, it still makes one key. */
async function create(
  services: Services,
  viewer: SignedIn,
  organizationId: string,
  fields: URLSearchParams,
): Promise<Outcome> {
  const id = fields.get("id") ?? "";
  const type = fields.get("type");
  if (!KEY_ID.test(id) || (type !== "publishable" && type !== "secret")) throw new AppError("form_refused");
  const allowedDomains = type === "publishable" ? domainsIn(fields) : [];
  return once(services, `${viewer.sessionId} creates ${organizationId} ${id}`, async () => {
    const wanted = { id, type, name: fields.get("name") ?? "", allowedDomains } as const;
    // A publishable key can be seen again on any page, so its form may say where to go on.
    const next = type === "publishable" ? fields.get("next") : null;
    try {
      const outcome = shown(services, organizationId, await services.keys.create(viewer, organizationId, wanted));
      return next ? { to: next } : outcome;
    } catch (error) {
      if (isAppError(error) && error.code === "key_conflict")
        return { to: next ?? `/${organizationId}/keys/${id}/new` };
      throw error;
    }
  });
}

/** On to the page that shows the new key; a publishable one it can read for itself. */
function shown(services: Services, organizationId: string, { id, key, type }: MintedKey): Outcome {
  const cookies = type === "secret" ? [shownOnce(services, "key", { organizationId, id, secret: key })] : [];
  return { to: `/${organizationId}/keys/${id}/new`, cookies };
}

function domainsIn(fields: URLSearchParams): string[] {
  return (fields.get("domains") ?? "").split(/[\s,;]+/).filter(Boolean);
}

function isGrace(text: string): text is keyof typeof GRACE_CHOICES {
  return Object.hasOwn(GRACE_CHOICES, text);
}
