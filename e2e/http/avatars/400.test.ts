import { expect, test } from "vitest";
import type { ErrorCode } from "../../../lib/platform/errors.ts";
import { expectProblem } from "../../support/problems.ts";
import { ledgerOf, postAvatars, testServices, used, workspace } from "../../support/services.ts";

const person = { username: "ada-l" };
/** The body, and what the problem's title says of it. */
const REFUSED: [body: unknown, says: RegExp][] = [
  ["", /not JSON/],
  ["{", /not JSON/],
  ["\xff", /body is not valid/],
  [null, /./],
  [[person], /./],
  [{}, /people/],
  [{ people: [] }, /people: at least one row/],
  [{ people: Array.from({ length: 101 }, () => person) }, /people: at most 100 rows/],
  [{ people: [person], size: 100 }, /size: use one of 32/],
  [{ people: [person], size: "128" }, /size/],
  [{ people: [person], format: "gif" }, /format: use one of/],
  [{ people: [{ ...person, email: "x" }] }, /people\.0/],
  [{ people: [person, { username: 7 }] }, /people\.1\.username/],
  [{ people: [person], fallback: "blank" }, /./],
  [{ people: [{ ...person, name: "x".repeat(101) }] }, /people\.0\.name: at most 100/],
];

test("400: each body that is not of the form is refused with its place, costs nothing, and is recorded", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  for (const [body, says] of REFUSED) {
    const response = await postAvatars(services, key, body);
    const { title } = await expectProblem(services, "post /v1/avatars", response, 400, "invalid_body");
    expect(title).toMatch(says);
    expect(title).not.toMatch(/[<>]/);
  }
  expect(await used(services, id)).toBe(0);
  const rows = await ledgerOf(services, id);
  expect(rows).toHaveLength(REFUSED.length);
  expect(new Set(rows.map((row) => row.code))).toEqual(new Set<ErrorCode>(["invalid_body"]));
});

test("400: the address takes no parameter but the key", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  const response = await postAvatars(services, key, { people: [person] }, {}, "?size=64");
  await expectProblem(services, "post /v1/avatars", response, 400, "unknown_parameter");
});
