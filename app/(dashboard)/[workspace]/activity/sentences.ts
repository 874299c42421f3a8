import { isScope, SCOPES } from "#lib/oauth";
import type { AuditEvent } from "#lib/organizations";
import { isMetric } from "#lib/quotas";
import { METRIC_WORDS } from "../../metrics.ts";

/** One line of the log: "<actor> <before> <target> <after>", and what else there is to know beneath it. */
export type Sentence = { before: string; target?: string | null; after?: string; more?: string };

const NUMBER = new Intl.NumberFormat("en");
const LIST = new Intl.ListFormat("en");

/** Who did it, as the log calls them. */
export function actorWords({ actor, actorEmail }: Pick<AuditEvent, "actor" | "actorEmail">): string {
  if (actorEmail) return actorEmail;
  if (actor === "operator") return "The operator";
  if (actor === "system") return "Avtrz itself";
  if (actor === "client") return "The AI client";
  if (actor.startsWith("key_")) return "A server with a secret key";
  return actor.startsWith("usr_") ? "Somebody who is gone" : actor;
}

/** What was done, in words. An act that has none yet is called by its name. */
export function sentenceOf(event: AuditEvent): Sentence {
  const tell = SENTENCES[event.action];
  return tell ? tell(event) : { before: `did ${event.action.replace(".", " ")}`, target: nameOf(event) };
}

type Tell = (event: AuditEvent) => Sentence;

const SENTENCES: Readonly<Record<string, Tell>> = {
  "key.create": (event) => ({
    before: `created the ${text(event, "type")} key`,
    target: text(event, "name") || nameOf(event),
    more: event.detail["purpose"] === "mcp" ? "It is for image addresses that AI clients hand out." : sites(event),
  }),
  "key.rename": (event) => ({
    before: "renamed the key",
    target: text(event, "from"),
    after: `to ${text(event, "to")}`,
  }),
  "key.domains": (event) => ({
    before: "set the allowed domains of the key",
    target: nameOf(event),
    more: sites(event) || "Every site may use it.",
  }),
  "key.rotate": (event) => ({ before: "rotated the key", target: nameOf(event), more: grace(event) }),
  "key.revoke": (event) => ({
    before: "revoked the key",
    target: nameOf(event),
    more: event.detail["reason"] ? `Reason: ${text(event, "reason")}.` : "",
  }),
  "webhook.create": (event) => ({ before: "created the webhook to", target: text(event, "host") }),
  "webhook.events": (event) => ({ before: "chose what is told to the webhook to", target: text(event, "host") }),
  "webhook.rotate": (event) => ({
    before: "rotated the secret of the webhook to",
    target: text(event, "host"),
    more: "The one before signs too for a day.",
  }),
  "webhook.enable": (event) => ({ before: "turned on the webhook to", target: text(event, "host") }),
  "webhook.disable": (event) => ({ before: "turned off the webhook to", target: text(event, "host") }),
  "webhook.delete": (event) => ({ before: "deleted the webhook to", target: text(event, "host") }),
  "retention.set": (event) => ({
    before:
      typeof event.detail["days"] === "number"
        ? `set that requests are kept for ${event.detail["days"]} days`
        : "set that requests are kept as long as the installation keeps them",
  }),
  "connection.create": (event) => allowed(event, ""),
  "connection.renew": (event) => allowed(event, "again"),
  "connection.revoke": (event) => ({
    before: "ended the connection of",
    target: nameOf(event),
    more: REVOKED[text(event, "reason")] ?? "",
  }),
  "connection.replay": (event) => ({
    before: "ended the tokens of",
    target: nameOf(event),
    more: "A code or refresh token that was used before came back: somebody may have copied it.",
  }),
  "invitation.create": (event) => ({
    before: "invited",
    target: text(event, "email") || "whoever has the link",
    after: `as ${text(event, "role")}`,
  }),
  "invitation.revoke": (event) => ({
    before: "revoked the invitation of",
    target: event.targetName ?? "whoever has the link",
  }),
  "member.add": (event) => {
    const role = text(event, "role");
    if (event.actor !== event.target) return { before: "added", target: nameOf(event), after: `as ${role}` };
    return { before: event.detail["invitation"] ? `joined as ${role}, by invitation` : `joined as ${role}` };
  },
  "member.role": (event) => ({
    before: "changed the role of",
    target: nameOf(event),
    after: `from ${text(event, "from")} to ${text(event, "to")}`,
  }),
  "member.remove": (event) =>
    event.actor === event.target ? { before: "left" } : { before: "removed", target: nameOf(event) },
  "organization.create": (event) => ({ before: "created the workspace", target: text(event, "name") }),
  "organization.rename": (event) => ({
    before: "renamed the workspace",
    target: text(event, "from"),
    after: `to ${text(event, "to")}`,
  }),
  "organization.delete": (event) => ({ before: "deleted the workspace", target: text(event, "name") }),
  "plan.set": (event) => ({
    before: "put the workspace on the plan",
    target: text(event, "plan").replace("_", "-"),
  }),
  "quota.set": (event) => ({
    before: "set the limit of",
    target: metric(event),
    after: event.detail["limit"] === null ? "to no limit" : `to ${count(event, "limit")} a month`,
  }),
  "quota.repair": (event) => ({
    before: "put right the count of",
    target: metric(event),
    after: `from ${count(event, "counted")} to ${count(event, "rows")}`,
  }),
  "people.import": (event) => ({
    before: "imported",
    target: text(event, "file").split("/").at(-1) ?? "",
    more: `${count(event, "added")} added, ${count(event, "updated")} updated, ${count(event, "refused")} refused.`,
  }),
  "people.samples_load": () => ({ before: "added the sample people" }),
  "people.samples_remove": () => ({ before: "took away the sample people" }),
  "person.correct": (event) => ({
    before: "corrected what is told of",
    target: event.target,
    more: text(event, "facts"),
  }),
  "person.delete": (event) => ({ before: "deleted", target: event.target }),
  "person.photo": (event) => ({ before: "gave a photo of their own to", target: event.target }),
  "person.photo_remove": (event) => ({ before: "took back the workspace's own photo of", target: event.target }),
  "person.recheck": (event) => ({ before: "asked the providers again about", target: event.target }),
  "person.suppress": (event) => ({ before: "stopped showing", target: event.target, more: text(event, "reason") }),
  "person.unsuppress": (event) => ({ before: "let be shown again", target: event.target }),
  "persona.create": (event) => ({ before: "made the persona", target: text(event, "name") }),
  "persona.update": (event) => ({ before: "changed the persona", target: text(event, "name") }),
  "persona.delete": (event) => ({ before: "deleted the persona", target: text(event, "name") }),
  "persona.evaluate": (event) => ({ before: "had a persona evaluated with", target: text(event, "file") }),
  "persona.add_source": (event) => ({ before: "gave a persona the file", target: text(event, "file") }),
  "persona.remove_source": (event) => ({ before: "took from a persona the file", target: text(event, "file") }),
};

const REVOKED: Readonly<Record<string, string>> = {
  member_removed: "With the membership it was under.",
  client: "The client ended it by itself.",
  operator: "By the operator's tool.",
};

const GRACE: Readonly<Record<number, string>> = {
  0: "The old one ended at once.",
  900: "The old one worked for 15 minutes more.",
  3600: "The old one worked for 1 hour more.",
  21600: "The old one worked for 6 hours more.",
  86400: "The old one worked for 24 hours more.",
};

function nameOf({ targetName, target }: AuditEvent): string | null {
  return targetName ?? target;
}

function text({ detail }: AuditEvent, field: string): string {
  const value = detail[field];
  return typeof value === "string" ? value : "";
}

function count({ detail }: AuditEvent, field: string): string {
  return NUMBER.format(Number(detail[field] ?? 0));
}

function sites({ detail }: AuditEvent): string {
  const domains = detail["domains"];
  return Array.isArray(domains) && domains.length > 0 ? `For pages of ${LIST.format(domains)}.` : "";
}

function grace({ detail }: AuditEvent): string {
  return GRACE[Number(detail["graceSeconds"])] ?? "";
}

function allowed(event: AuditEvent, again: string): Sentence {
  const { scopes } = event.detail;
  const may = (Array.isArray(scopes) ? scopes : []).flatMap((scope) =>
    isScope(scope) ? [SCOPES[scope].replace(/^\w/, (first) => first.toLowerCase())] : [],
  );
  return {
    before: "allowed",
    target: text(event, "client") || nameOf(event),
    after: `to act here ${again}`.trim(),
    more: `Answers go to ${text(event, "redirectHost")}.${may.length > 0 ? ` It may ${may.join("; ")}.` : ""}`,
  };
}

function metric({ target }: AuditEvent): string {
  return target && isMetric(target) ? METRIC_WORDS[target].unit : (target ?? "");
}
