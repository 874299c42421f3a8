import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { AuditEvent } from "#lib/organizations";
import { actorWords, sentenceOf } from "./sentences.ts";

const LIB = path.join(import.meta.dirname, "../../../../lib");

function told(event: Partial<AuditEvent>): string {
  const { before, target, after, more } = sentenceOf({
    id: "aud_1",
    at: "2026-11-21T12:00:00.000Z",
    actor: "usr_1",
    actorEmail: "ada@example.com",
    action: "nothing.yet",
    target: "key_1",
    targetName: "Website",
    detail: {},
    ...event,
  });
  return [before, target, after, more].filter(Boolean).join(" | ");
}

test("every action that the code records about a workspace has words of its own", () => {
  const actions = globSync("**/*.ts", { cwd: LIB, exclude: ["**/generated/**", "**/*.test.ts"] })
    .map((file) => readFileSync(path.join(LIB, file), "utf8"))
    .flatMap((source) => [
      ...source.matchAll(/action: (?:[\w.?]+ \? "[a-z.]+" : )?"([a-z]+\.[a-z_]+)"/g),
      ...source.matchAll(/audit\([^")]*"([a-z]+\.[a-z_]+)"/g),
    ])
    .map(([, action = ""]) => action)
    // What is about no workspace is in no workspace's log.
    .filter((action) => !/^(user|account|suppression|session|privacy|provider)\./.test(action));
  expect(actions.length).toBeGreaterThan(15);
  for (const action of new Set(actions))
    expect([action, told({ action })]).not.toEqual([action, expect.stringMatching(/^did /)]);
});

test.each([
  [
    { action: "key.create", detail: { type: "secret", name: "Backend", domains: [] } },
    "created the secret key | Backend",
  ],
  [{ action: "key.rename", detail: { from: "One", to: "Two" } }, "renamed the key | One | to Two"],
  [
    { action: "key.domains", detail: { domains: ["a.example", "*.b.example"] } },
    "set the allowed domains of the key | Website | For pages of a.example and *.b.example.",
  ],
  [
    { action: "key.rotate", detail: { graceSeconds: 21_600 } },
    "rotated the key | Website | The old one worked for 6 hours more.",
  ],
  [{ action: "member.remove", actor: "usr_1", target: "usr_1" }, "left"],
  [{ action: "member.remove", target: "usr_2", targetName: "bea@example.com" }, "removed | bea@example.com"],
  [
    { action: "invitation.create", detail: { role: "admin", email: null } },
    "invited | whoever has the link | as admin",
  ],
  [
    { action: "quota.set", target: "avatar_requests", detail: { limit: null } },
    "set the limit of | requests | to no limit",
  ],
  [{ action: "some.thing" }, "did some thing | Website"],
] as const)("%j", (event, words) => expect(told(event as Partial<AuditEvent>)).toBe(words));

test("whoever did it is called by their address, or by what they are", () => {
  expect(
    ["operator", "system", "client", "usr_9", "github"].map((actor) => actorWords({ actor, actorEmail: null })),
  ).toEqual(["The operator", "Avtrz itself", "The AI client", "Somebody who is gone", "github"]);
});
