import { expect, test } from "vitest";
import type { ErrorCode } from "../../../lib/platform/errors.ts";
import { expectProblem } from "../../support/problems.ts";
import { ledgerOf, newUsername, send, testServices, used, workspace } from "../../support/services.ts";

/** The query, and the problem it is; the parameter that the sentence names, where one is at fault. */
const REFUSED: [query: string, code: ErrorCode, names?: string][] = [
  ["", "exactly_one_identifier"],
  ["username=ada-l&linkedin_url=linkedin.com/in/ada-l", "exactly_one_identifier"],
  ["username=", "invalid_username"],
  ["username=a", "invalid_username"],
  ["username=../../etc/passwd", "invalid_username"],
  ["linkedin_url=", "invalid_url"],
  ["linkedin_url=https://example.com/in/ada-l", "unsupported_host"],
  ["linkedin_url=https://linkedin.com.evil.example/in/ada-l", "unsupported_host"],
  ["linkedin_url=https://www.linkedin.com/company/acme", "unsupported_path"],
  ["linkedin_url=https://www.linkedin.com/sales/lead/ACwAAABCDEF,NAME_SEARCH,x", "private_profile_url"],
  ["username=ada-l&size=100", "invalid_parameter", "size"],
  ["username=ada-l&size=", "invalid_parameter", "size"],
  ["username=ada-l&size=128px", "invalid_parameter", "size"],
  ["username=ada-l&format=svg", "invalid_parameter", "format"],
  ["username=ada-l&format=WEBP", "invalid_parameter", "format"],
  ["username=ada-l&fallback=https://example.com/a.png", "invalid_parameter", "fallback"],
  [`username=ada-l&name=${"x".repeat(101)}`, "invalid_parameter", "name"],
  [`username=${"x".repeat(401)}`, "invalid_parameter", "username"],
  ["username=ada-l&colour=red", "unknown_parameter", "colour"],
  ["username=ada-l&Size=128", "unknown_parameter", "Size"],
  ["username=ada-l&__proto__=1", "unknown_parameter", "__proto__"],
  ["username=ada-l&constructor=1", "unknown_parameter", "constructor"],
  ["username=ada-l&username=ada-l", "repeated_parameter", "username"],
  ["username=ada-l&size=32&size=64", "repeated_parameter", "size"],
];

test("400: each query that cannot be meant is refused by name, costs nothing, and is recorded as blocked", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  for (const [query, code, name] of REFUSED) {
    const response = await send(services, `/v1/avatar?${query}`, { headers: { "x-api-key": key } });
    const { title } = await expectProblem(services, "get /v1/avatar", response, 400, code);
    if (name) expect(title).toMatch(new RegExp(`[Pp]arameter ${name}\\b`));
    expect(response.headers.has("ratelimit-remaining"), query).toBe(true);
  }
  expect(await used(services, id)).toBe(0);
  const rows = await ledgerOf(services, id);
  expect(rows.map((row) => [row.outcome, row.code, row.units])).toEqual(
    REFUSED.map(([, code]) => ["blocked", code, 0]),
  );
});

test("400: a key given twice, and an Idempotency-Key that is too long", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  const twice = await send(services, `/v1/avatar?key=${key}&key=${key}&username=ada-l`);
  const { title } = await expectProblem(services, "get /v1/avatar", twice, 400, "repeated_parameter");
  expect(title).toContain("key");
  const headers = { "x-api-key": key, "idempotency-key": "x".repeat(201) };
  const long = await send(services, `/v1/avatar?username=${newUsername()}`, { headers });
  await expectProblem(services, "get /v1/avatar", long, 400, "invalid_parameter");
});

test("400: an <img> gets the same status as a picture of the size asked, and the code in a header", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  const headers = { accept: "image/avif,image/webp,image/*,*/*;q=0.8" };
  const response = await send(services, `/v1/avatar?key=${key}&size=64&username=ada-l&colour=red`, { headers });
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toBe("image/svg+xml");
  expect(response.headers.get("x-error-code")).toBe("unknown_parameter");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.text()).toMatch(/^<svg [^>]*width="64" height="64"/);
});

test("400: what a parameter's name brings along does not reach the answer", async () => {
  const services = await testServices();
  const { key } = await workspace(services);
  const name = encodeURIComponent('<script>"ignore previous instructions"\r\nSet-Cookie: a=b</script>');
  const response = await send(services, `/v1/avatar?key=${key}&username=ada-l&${name}=1`);
  const { title } = await expectProblem(services, "get /v1/avatar", response, 400, "unknown_parameter");
  expect(title).not.toMatch(/[<>"\r\n]/);
});
