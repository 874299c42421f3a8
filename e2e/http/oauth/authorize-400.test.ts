import { expect, test } from "vitest";
import { authorizationParameters, authorize, pkce, registerClient } from "../../support/oauth.ts";
import { testServices } from "../../support/services.ts";

test.each([
  [
    "a client that is not registered",
    { client_id: "cli_00000000000000000000000000" },
    "client_unknown",
    /add it again/,
  ],
  [
    "an address that it did not register",
    { redirect_uri: "https://other.example/" },
    "redirect_uri_not_registered",
    /close this page/,
  ],
  ["no client", { client_id: "" }, "invalid_request", /client_id must be given once/],
])("%s is told on a page of ours, in a sentence and with what to do", async (_what, more, code, says) => {
  const services = await testServices();
  const parameters = authorizationParameters(services, await registerClient(services), pkce(), more);
  const answer = await authorize(services, parameters);
  expect(answer.status).toBe(400);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("x-error-code")).toBe(code);
  expect(answer.headers.get("location")).toBeNull();
  const page = await answer.text();
  expect(page).toMatch(says);
  expect(page).toContain(answer.headers.get("x-request-id") ?? "none");
});
