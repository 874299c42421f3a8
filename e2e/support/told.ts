import { finishEnrichment, type ProfileFacts } from "../../lib/profiles/index.ts";
import type { Services } from "../../lib/services.ts";

/** Has Unipile have told something of a person; false when they were suppressed and nothing was kept. */
export function told(
  services: Services,
  username: string,
  facts: ProfileFacts,
  { photo = null, canonicalUsername = null }: { photo?: string | null; canonicalUsername?: string | null } = {},
): Promise<boolean> {
  const now = services.clock.now();
  const staleAt = now + 86_400_000;
  const times = { at: new Date(now).toISOString(), until: new Date(staleAt).toISOString() };
  return services.db.transaction((query) =>
    finishEnrichment(query, services.clock, username, {
      answers: { unipile: { kind: "found", facts, ...times } },
      photo: photo === null ? null : { sha256: photo, source: "unipile", takenAt: null },
      providers: ["unipile"],
      canonicalUsername,
      staleAt,
    }),
  );
}
