import { expect, test } from "vitest";
import { mintKey } from "../../lib/keys/format.ts";
import { getAvatar, steppedClock, testServices, workspace } from "../support/services.ts";

const SAMPLES = 300;
/** Keys that are refused, each for another reason that nobody outside may learn. */
type Kind = "unknown" | "revoked" | "expired" | "deletedWorkspace";

test("H-KEY-54 neither the answer nor its time tells an unknown key from a revoked one or a deleted workspace's", async () => {
  const clock = steppedClock();
  const rateLimits = { organization: 1e9, key: 1e9, user: 1e9, address: 1e9 };
  const services = await testServices({ rateLimits, redis: undefined }, { clock });
  const [own, gone] = [await workspace(services), await workspace(services)];
  const [revoked, rotated] = [await own.mint("publishable"), await own.mint("publishable")];
  await services.keys.manager.revoke(own.id, revoked.id, "test");
  await services.keys.manager.rotate(own.id, rotated.id, 0, "test");
  await services.db.query("delete from organization where id = $1", [gone.id]);
  const keys: Record<Kind, string> = {
    unknown: mintKey("publishable"),
    revoked: revoked.key,
    expired: rotated.key,
    deletedWorkspace: gone.key,
  };
  const kinds = Object.keys(keys) as Kind[];
  const times: Record<Kind, number[]> = { unknown: [], revoked: [], expired: [], deletedWorkspace: [] };
  const answers = new Set<string>();

  for (let sample = -20; sample < SAMPLES; sample++) {
    // Interleaved, each time in another order, so that whatever disturbs the machine disturbs all of them alike.
    for (const kind of kinds.toSorted(() => Math.random() - 0.5)) {
      // Nothing is remembered of the last time: each is looked up in the database.
      clock.advance(1_000);
      const started = performance.now();
      const response = await getAvatar(services, { key: keys[kind], username: "ada-l" });
      const elapsed = performance.now() - started;
      if (sample >= 0) times[kind].push(elapsed);
      const { request_id: _, ...body } = await response.json();
      answers.add(JSON.stringify([response.status, body, [...response.headers.keys()]]));
    }
  }
  expect(answers.size).toBe(1);
  for (const kind of kinds) {
    // 0.5 is no difference at all. Reading one row more is worth some hundredths, far below what a network adds.
    expect(Math.abs(shareOfSlower(times[kind], times.unknown) - 0.5), kind).toBeLessThan(0.15);
    expect(Math.abs(median(times[kind]) / median(times.unknown) - 1), kind).toBeLessThan(0.2);
  }
  // The comparison sees a difference where there is one: a typo is refused without the database.
  expect(shareOfSlower(await timesOf("pk_live_typo"), times.unknown)).toBeLessThan(0.35);

  async function timesOf(key: string): Promise<number[]> {
    const measured: number[] = [];
    for (let sample = 0; sample < 50; sample++) {
      const started = performance.now();
      await getAvatar(services, { key, username: "ada-l" });
      measured.push(performance.now() - started);
    }
    return measured;
  }
});

/** How often a sample of `a` is slower than one of `b` (Mann-Whitney): independent of outliers and of scale. */
function shareOfSlower(a: number[], b: number[]): number {
  let slower = 0;
  for (const x of a) for (const y of b) slower += x > y ? 1 : x === y ? 0.5 : 0;
  return slower / (a.length * b.length);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
