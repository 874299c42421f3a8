import { type ProfileFacts, withoutSource } from "./facts.ts";
import { canonicalUrl } from "./identity/linkedin-url.ts";
import type { ProfileView } from "./view.ts";

/** A person as the tools and the API tell of them. What nobody told is absent; no internal identifier is among it. */
export type ProfileDescription = {
  linkedin_url: string;
  username: string;
  first_name?: string;
  last_name?: string;
  headline?: string;
  summary?: string;
  industry?: string;
  location?: string;
  picture_url?: string;
  open_to_work?: boolean;
  premium?: boolean;
  verified?: boolean;
};

/** What is known of a person, or null when that is nothing. `pictureUrl` is null while there is no photo. */
export function describeProfile(
  view: ProfileView,
  preferImports: boolean,
  pictureUrl: string | null,
): ProfileDescription | null {
  if (view.suppressed) return null;
  const imported = view.imported?.facts ?? {};
  const shared = view.shared ? withoutSource(view.shared.facts) : {};
  const finding = view.finding ? withoutSource(view.finding.facts) : {};
  const told = preferImports ? { ...shared, ...imported } : { ...imported, ...shared };
  const facts: ProfileFacts = { ...finding, ...told, ...view.corrected };
  if (Object.keys(facts).length === 0 && !pictureUrl) return null;
  const answer = {
    first_name: facts.firstName,
    last_name: facts.lastName,
    headline: facts.headline,
    summary: facts.summary,
    industry: facts.industry,
    location: facts.location,
    picture_url: pictureUrl ?? undefined,
    open_to_work: facts.openToWork,
    premium: facts.premium,
    verified: facts.verified,
  };
  return {
    linkedin_url: canonicalUrl(view.username),
    username: view.username,
    ...Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined)),
  };
}
