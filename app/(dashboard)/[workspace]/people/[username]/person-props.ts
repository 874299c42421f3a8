import type { PersonDetails } from "#lib/profiles";
import type { Dashboard } from "../../../dashboard.ts";

/** What the parts of a person's page are made from. */
export type PersonProps = {
  dashboard: Dashboard;
  person: PersonDetails;
  name: { toShow: string; forInitials: string };
};
