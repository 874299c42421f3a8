import { expect, test } from "vitest";
import { NEW_WORKSPACE } from "../../../lib/http/index.ts";
import { testServices } from "../../support/services.ts";
import { fieldFor, newEmail, post, signInAs } from "../../support/sign-in.ts";

const CREATE = "/workspaces/create";

test("303: a workspace of one's own, as its owner, on to its first key", async () => {
  const services = await testServices();
  const { cookie, userId } = await signInAs(services, newEmail());
  const field = fieldFor(services, cookie, NEW_WORKSPACE);
  const made = await post(services, CREATE, { ...field, name: "  Recruiting " }, { cookie });
  expect(made.status).toBe(303);
  const id = /\/(org_\w+)\/welcome\/key$/.exec(made.headers.get("location") ?? "")?.[1];
  expect(await services.organizations.ofUser(userId)).toContainEqual({ id, name: "Recruiting", role: "owner" });
  for (const name of ["", "   ", "x".repeat(81)]) {
    const refused = await post(services, CREATE, { ...field, name }, { cookie });
    expect(refused.headers.get("location")).toBe("http://avtrz.test/onboarding/workspace?error=invalid_name");
  }
});

test("303: one person owns 50 workspaces at most, also when asked for at once", async () => {
  const services = await testServices();
  const { userId } = await signInAs(services, newEmail());
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, (_, i) => services.users.addWorkspace({ userId }, `Place ${i}`)),
  );
  const refused = results.filter((one) => one.status === "rejected");
  expect(refused.map(({ reason }) => reason.code)).toEqual(Array(11).fill("too_many_workspaces"));
  expect(await services.organizations.ofUser(userId)).toHaveLength(50);
});

test("403: not for a form that no page of ours made; nobody is sent to sign in", async () => {
  const services = await testServices();
  const { cookie, userId } = await signInAs(services, newEmail());
  const forged = await post(services, CREATE, { name: "Forged", form_token: "x" }, { cookie });
  expect([forged.status, (await forged.json()).code]).toEqual([403, "form_refused"]);
  const nobody = await post(services, CREATE, { name: "Nobody's" });
  expect(nobody.headers.get("location")).toBe("http://avtrz.test/sign-in?next=%2Fonboarding%2Fworkspace");
  expect(await services.organizations.ofUser(userId)).toHaveLength(1);
});
