import { expect, test } from "vitest";
import { HOT_MOUNTS } from "../../lib/mounts.ts";
import { send, testServices } from "../support/services.ts";

const ADDRESSES = Object.keys(HOT_MOUNTS).map((mount) => {
  if (mount === "/cdn/") return `/cdn/${"0".repeat(64)}/64.webp`;
  if (mount === "/docs/*.md") return "/docs/quickstart.md";
  return mount.endsWith("/") ? `${mount}mcp` : mount;
});
const CROSS_ORIGIN = /^\/(v1|cdn|api\/docs|docs|llms|\.well-known|oauth\/(token|register|revoke)$)/;
/** Browsers are sent there; a page of ours tells them what failed. */
const PAGES = /^\/oauth\/authorize/;
/** Failures there have OAuth's own form (RFC 6749, 5.2). */
const OAUTH = /^\/oauth\/(token|register|revoke)$/;

test.each(ADDRESSES)("204: OPTIONS of %s names the methods, and lets any page ask where pages may", async (address) => {
  const response = await send(await testServices(), address, { method: "OPTIONS" });
  expect(response.status).toBe(204);
  expect(response.headers.get("allow")).toMatch(/^(GET, HEAD|POST|GET, HEAD, POST), OPTIONS$/);
  const open = CROSS_ORIGIN.test(address);
  expect(response.headers.get("access-control-allow-origin")).toBe(open ? "*" : null);
  expect(response.headers.get("access-control-allow-methods")).toBe(open ? response.headers.get("allow") : null);
  if (open) expect(response.headers.get("access-control-allow-headers")).toContain("x-api-key");
});

test.each(ADDRESSES)("405: %s names the methods it answers, and answers no other", async (address) => {
  const services = await testServices();
  const allow = (await send(services, address, { method: "OPTIONS" })).headers.get("allow") ?? "";
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"].filter((one) => !allow.includes(one))) {
    const response = await send(services, address, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(response.headers.get("x-error-code")).toBe("method_not_allowed");
    if (PAGES.test(address)) expect(await response.text()).toContain("<!doctype html>");
    else if (OAUTH.test(address)) expect(await response.json()).toMatchObject({ error: "invalid_request" });
    else expect(await response.json()).toMatchObject({ code: "method_not_allowed", status: 405 });
  }
});

test.each(ADDRESSES)("HEAD of %s is GET without the body, and no answer can run in a page", async (address) => {
  const services = await testServices();
  const [get, head] = [await send(services, address), await send(services, address, { method: "HEAD" })];
  expect(head.status).toBe(get.status);
  expect(await head.text()).toBe("");
  for (const response of [get, head]) {
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    // A page's styles are its own and it has no scripts; what is no page is not even one when opened.
    expect(policy).toContain(
      PAGES.test(address) && response.headers.has("x-frame-options") ? "form-action 'none'" : "sandbox",
    );
    expect(response.headers.get("content-type")).toBe(get.headers.get("content-type"));
  }
});
