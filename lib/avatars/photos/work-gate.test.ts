import { expect, test } from "vitest";
import { WorkGate } from "./work-gate.ts";

test("lets no more in than the limit, and everyone in the end", async () => {
  const gate = new WorkGate(3);
  let inside = 0;
  let most = 0;
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      gate.run(async () => {
        order.push(index);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside--;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(gate.load).toEqual({ running: 0, waiting: 0 });
});

test("gives the place back when the work fails", async () => {
  const gate = new WorkGate(1);
  const failing = gate.run(() => Promise.reject(new Error("broken")));
  const next = gate.run(async () => "done");
  await expect(failing).rejects.toThrow("broken");
  await expect(next).resolves.toBe("done");
  expect(gate.load).toEqual({ running: 0, waiting: 0 });
});
