import type { Services } from "../../lib/services.ts";
import type { ProviderCall } from "../support/provider-server.ts";
import { BUDGETS, type Person, type Servers } from "./providers.ts";

type Drained = {
  web: Services;
  people: readonly Person[];
  servers: Servers;
  /** Files of photos in the storage. */
  stored: readonly string[];
  startedAt: number;
};

type Row = { username: string; photo: string | null; source: string | null; checkedAt: Date | null; queued: boolean };

/** Throws what does not hold of a drain; returns the numbers to print. */
export async function verifyDrain({ web, people, servers, stored, startedAt }: Drained) {
  const problems: string[] = [];
  const must = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  const rows = await web.db.query<Row>(
    `select username, photo_sha256 as photo, photo_source as source, checked_at as "checkedAt", queued_at is not null as queued
     from profile`,
  );
  const byName = new Map(rows.map((row) => [row.username, row]));
  const profileCalls = servers.enrichlayer.calls.filter(({ path }) => path === "/api/v2/profile");
  const pictureCalls = servers.enrichlayer.calls.filter(({ path }) => path !== "/api/v2/profile");
  const github = servers.github.calls.filter(({ path }) => path.endsWith("/social_accounts"));

  // Nobody is asked twice about one person, unless the first answer was none.
  const apolloFailed = servers.apollo.calls.length - answered(servers.apollo.calls, people);
  for (const [name, calls] of Object.entries({
    unipile: servers.unipile.calls,
    "enrichlayer profile": profileCalls,
    "enrichlayer picture": pictureCalls,
    peopledatalabs: servers.peopledatalabs.calls,
    gravatar: servers.gravatar.calls,
    github,
  }))
    must(
      new Set(calls.map(({ identifier }) => identifier)).size === calls.length,
      `${name} was asked twice about somebody`,
    );

  // Everybody is asked of Unipile first, and those that Unipile answers fully of nobody else.
  must(servers.unipile.calls.length === people.length, `Unipile was asked ${servers.unipile.calls.length} times`);
  const full = new Set(people.filter(({ kind }) => kind === "unipile").map(({ username }) => username));
  const needless = [...servers.enrichlayer.calls, ...servers.peopledatalabs.calls, ...servers.apollo.calls, ...github];
  must(!needless.some(({ identifier }) => full.has(identifier)), "somebody was paid for what Unipile had told");
  const facts = new Set(people.filter(({ kind }) => kind === "ghost").map(({ username }) => username));
  must(!profileCalls.some(({ identifier }) => facts.has(identifier)), "a profile was paid where a photo was lacking");

  // Budgets, to the unit: what the providers themselves would bill.
  const pdlKnows = new Set(
    people.filter(({ kind }) => kind === "apollo" || kind === "enrichlayer").map((one) => one.username),
  );
  const pdlBilled = servers.peopledatalabs.calls.filter(({ identifier }) => pdlKnows.has(identifier)).length;
  must(
    profileCalls.length === BUDGETS.enrichlayer,
    `EnrichLayer billed ${profileCalls.length} of ${BUDGETS.enrichlayer}`,
  );
  must(pdlBilled === BUDGETS.peopledatalabs, `People Data Labs billed ${pdlBilled} of ${BUDGETS.peopledatalabs}`);
  const states = await web.enrichment.states.list(["enrichlayer", "peopledatalabs"]);
  for (const { provider, callsThisMonth, underWay } of states) {
    const budget = BUDGETS[provider as keyof typeof BUDGETS];
    must(
      budget === undefined || callsThisMonth === budget,
      `${provider}'s counter says ${callsThisMonth} of ${budget}`,
    );
    must(underWay === 0, `${provider} has ${underWay} questions under way that nobody asks`);
  }

  // Everybody has an answer; who is known to a provider that works has a photo, of that person, kept once.
  must(rows.length === people.length && !rows.some(({ queued }) => queued), "somebody is still waiting");
  const withPhoto = rows.filter(({ photo }) => photo);
  for (const { username, kind } of people) {
    const row = byName.get(username);
    if (kind === "unipile") must(row?.source === "unipile", `${username} has no photo of Unipile's`);
    if (kind === "ghost" || kind === "enrichlayer") must(row?.source === "enrichlayer", `${username} has no photo`);
    if (kind === "nobody") must(!row?.photo, `${username} has somebody's photo`);
  }
  must(new Set(withPhoto.map(({ photo }) => photo)).size === withPhoto.length, "two people have one photo");
  const found = await web.db.query<{ photo: string }>(
    "select photo_sha256 as photo from organization_finding where photo_sha256 is not null",
  );
  must(found.length === people.filter(({ email }) => email).length, `${found.length} were found by their address`);
  must(
    stored.length === withPhoto.length + found.length,
    `${stored.length} photos are stored for ${withPhoto.length + found.length} people`,
  );
  const fetched = Object.values(servers).flatMap(({ photoCalls }) => photoCalls);
  must(fetched.length === stored.length, `${fetched.length} photos were fetched for ${stored.length} that are kept`);

  // A provider that fails keeps nobody waiting who does not need it.
  const endOf = (which: (person: Person) => boolean) =>
    Math.max(...people.filter(which).map(({ username }) => byName.get(username)?.checkedAt?.getTime() ?? 0)) -
    startedAt;
  const others = endOf(({ kind }) => kind === "unipile" || kind === "ghost") / 1_000;
  const apolloPeople = people.filter(({ kind }) => kind === "apollo");
  const apolloFound = apolloPeople.filter(({ username }) => byName.get(username)?.photo).length;
  must(
    apolloFound > apolloPeople.length / 2,
    `only ${apolloFound} of ${apolloPeople.length} were found at the failing provider`,
  );

  if (problems.length > 0)
    throw new Error(`The drain is not as it must be:\n  ${[...new Set(problems)].slice(0, 20).join("\n  ")}`);
  const calls = Object.entries(servers).map(([name, server]) => `${name} ${server.calls.length}`);
  return {
    told: {
      "questions (no answered one twice)": calls.join(", "),
      "EnrichLayer: credits of its budget": `${profileCalls.length} of ${BUDGETS.enrichlayer}, and ${pictureCalls.length} free photo calls`,
      "People Data Labs: billed of its budget": `${pdlBilled} of ${BUDGETS.peopledatalabs}`,
      "Apollo: failed, of its questions": `${apolloFailed} of ${servers.apollo.calls.length}; ${apolloFound} of ${apolloPeople.length} people found`,
      "photos fetched, kept": `${fetched.length}, ${stored.length}`,
      "people who do not need Apollo had theirs after": `${others.toFixed(1)} s`,
    },
  };
}

/** How many people Apollo has answered about: the last question about somebody is the one that was. */
function answered(calls: readonly ProviderCall[], people: readonly Person[]): number {
  const asked = new Set(calls.map(({ identifier }) => identifier));
  return people.filter(({ username }) => asked.has(username)).length;
}
