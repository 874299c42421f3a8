import { expect, test } from "vitest";
import { createBatcher } from "./batch.ts";
import { AppError } from "./errors.ts";

/** A batcher whose runs end when they are told to. */
function held() {
  const runs: { items: number[]; end: PromiseWithResolvers<number[]> }[] = [];
  const add = createBatcher<number, number>({
    maxItems: 2,
    maxInFlight: 1,
    run: (items) => {
      const end = Promise.withResolvers<number[]>();
      runs.push({ items, end });
      return end.promise;
    },
  });
  const started = (count: number) => expect.poll(() => runs.length).toBe(count);
  return { add, runs, started };
}

test("what arrives while a run is under way goes together in the next one", async () => {
  const { add, runs, started } = held();
  const first = add(1);
  await started(1);
  const others = [add(2), add(3)];
  runs[0]?.end.resolve([10]);
  await started(2);
  runs[1]?.end.resolve([20, 30]);
  expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  expect(await Promise.all([first, ...others])).toEqual([10, 20, 30]);
});

test("a run that fails fails its own items alone", async () => {
  const { add, runs, started } = held();
  const first = add(1);
  await started(1);
  const second = add(2);
  runs[0]?.end.reject(new Error("a statement that is wrong"));
  await expect(first).rejects.toThrow("a statement that is wrong");
  await started(2);
  runs[1]?.end.resolve([20]);
  expect(await second).toBe(20);
});

test("when the database does not answer, those that wait are told so at once, and the next goes on", async () => {
  const { add, runs, started } = held();
  const waiting = [add(1), add(2), add(3)];
  await started(1);
  runs[0]?.end.reject(new AppError("database_unavailable"));
  for (const one of waiting) await expect(one).rejects.toMatchObject({ code: "database_unavailable" });
  const next = add(4);
  await started(2);
  runs[1]?.end.resolve([40]);
  expect(await next).toBe(40);
});
