import type { PersonDetails } from "#lib/profiles";

/** In the order in which they are shown. */
export const FACT_WORDS: Readonly<Record<PersonDetails["facts"][number]["name"], string>> = {
  firstName: "First name",
  lastName: "Last name",
  headline: "Headline",
  company: "Company",
  position: "Position",
  location: "Location",
  industry: "Industry",
  email: "E-mail address",
  summary: "Summary",
  openToWork: "Open to work",
  premium: "Premium",
  verified: "Verified",
};
