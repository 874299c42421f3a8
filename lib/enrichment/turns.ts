import type { Query } from "#lib/platform/db";

/** Where turns begin, in seconds since the epoch: a priority has 31 bits. */
const FIRST_TURN = Date.UTC(2026, 0, 1) / 1_000;

/**
 * Gives look-ups their priorities, so that workspaces are served in turn and none waits behind all that another has asked
 * for. Each look-up of a workspace has a turn one after its last; a workspace that asks anew begins at the turn that is
 * being served. (Start-time fair queuing: Goyal, Vin, Cheng 1996.)
 * @param askedBy the workspace of each look-up
 * @param next the priority of the look-up that is next, or null when none waits
 * @returns a priority for each, in the same order
 */
export async function takeTurns(
  query: Query,
  askedBy: readonly string[],
  next: number | null,
  now: number,
): Promise<number[]> {
  const served = next === null ? Math.floor(now / 1_000) - FIRST_TURN : -next;
  const counts = new Map<string, number>();
  for (const id of askedBy) counts.set(id, (counts.get(id) ?? 0) + 1);
  const turns = new Map<string, number>();
  // In one order everywhere, so that two who take turns for the same workspaces wait for each other and not both.
  for (const id of [...counts.keys()].sort()) {
    const count = counts.get(id) ?? 0;
    const [row] = await query<{ after: number }>(
      `update organization set look_up_turn = case when $4 then greatest(look_up_turn, $2) else $2 end + $3
       where id = $1 returning look_up_turn as after`,
      [id, served, count, next !== null],
    );
    turns.set(id, (row?.after ?? served + count) - count);
  }
  return askedBy.map((id) => {
    const turn = turns.get(id) ?? served;
    turns.set(id, turn + 1);
    return -turn;
  });
}
