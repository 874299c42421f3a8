import { parseLinkedInUrl } from "../identity/linkedin-url.ts";
import { type Identity, parseUsername } from "../identity/username.ts";
import { IDENTITY_PROBLEMS } from "./rows.ts";
import { unescapeText, type VCardProperty } from "./vcard-properties.ts";

export type CardIdentity =
  | { readonly ok: true; readonly username: string }
  /** `property` is undefined if the card mentions LinkedIn nowhere. */
  | {
      readonly ok: false;
      readonly property: VCardProperty | undefined;
      readonly value: string;
      readonly problem: string;
    };

type Candidate = { property: VCardProperty; text: string; mayBeUsername: boolean };

/** Properties that name a service: Apple's, RFC 9554's, and messengers'. */
const SOCIAL = new Set(["X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP", "X-IMPP"]);

/** Who a card is on LinkedIn; the first usable address counts, since many people list a company page too. */
export function findLinkedIn(properties: readonly VCardProperty[]): CardIdentity {
  const labels = new Map(
    properties.filter(({ name }) => name === "X-ABLABEL").map(({ group, value }) => [group, value] as const),
  );
  let failure: CardIdentity | undefined;
  for (const property of properties) {
    for (const candidate of candidatesOf(property, labels)) {
      const identity = identityOf(candidate);
      if (identity.ok) return { ok: true, username: identity.username };
      failure ??= { ok: false, property, value: candidate.text, problem: IDENTITY_PROBLEMS[identity.code] };
    }
  }
  return failure ?? { ok: false, property: undefined, value: "", problem: "has no LinkedIn address" };
}

function candidatesOf(property: VCardProperty, labels: ReadonlyMap<string | undefined, string>): Candidate[] {
  const { name, group, params } = property;
  if (name !== "URL" && !SOCIAL.has(name) && !name.includes("LINKEDIN")) return [];
  const text = unescapeText(property.value)
    .trim()
    .replace(/^x-apple:/i, "");
  const marks = [name, group === undefined ? "" : (labels.get(group) ?? "")];
  for (const param of ["TYPE", "SERVICE-TYPE", "X-SERVICE-TYPE", "LABEL"]) marks.push(...(params.get(param) ?? []));
  if (marks.some((mark) => /linked-?in/i.test(mark))) {
    const users = [...(params.get("USERNAME") ?? []), ...(params.get("X-USER") ?? [])];
    return [text, ...users]
      .filter((value) => value !== "")
      .map((value) => ({ property, text: value, mayBeUsername: true }));
  }
  // Any other address counts only if it is LinkedIn's.
  const identity = parseLinkedInUrl(text);
  const elsewhere = !identity.ok && (identity.code === "invalid_url" || identity.code === "unsupported_host");
  return elsewhere ? [] : [{ property, text, mayBeUsername: false }];
}

function identityOf({ text, mayBeUsername }: Candidate): Identity {
  const identity = parseLinkedInUrl(text);
  if (identity.ok || !mayBeUsername || /[/:]/.test(text)) return identity;
  return parseUsername(text);
}
