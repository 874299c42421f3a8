import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { setPeerAddress } from "../../lib/http/client-address.ts";
import { formToken } from "../../lib/http/index.ts";
import { findMount } from "../../lib/mounts.ts";
import type { Config } from "../../lib/platform/config.ts";
import type { Message } from "../../lib/platform/mail.ts";
import type { Overrides, Services } from "../../lib/services.ts";
import { newUsername, testServices } from "./services.ts";

/** Services whose mails are kept in `outbox`. */
export async function mailingServices(config: Partial<Config> = {}, overrides: Overrides = {}) {
  const outbox: Message[] = [];
  const mail = async (message: Message) => void outbox.push(message);
  const services = await testServices(
    { mail: { smtpUrl: "smtp://127.0.0.1:1", from: "Avtrz <avtrz@avtrz.test>" }, ...config },
    { mail, ...overrides },
  );
  return { services, outbox };
}

/** An e-mail address that no other test uses. */
export function newEmail(): string {
  return `${newUsername("someone")}@example.com`;
}

// The run's Redis counts attempts by network address for all tests at once, so each has services at an address of its own.
const addresses = new WeakMap<Services, string>();

/** Sends a request from a network address that no other test's services hear from. */
export function sendFrom(services: Services, target: string, init: RequestInit = {}): Promise<Response> {
  const address = addresses.get(services) ?? `fd${randomBytes(7).toString("hex")}`.replace(/(.{4})(?=.)/g, "$1:");
  addresses.set(services, address);
  const request = new Request(`http://avtrz.test${target}`, init);
  setPeerAddress(request, `${address}::1`);
  const handler = findMount(new URL(request.url).pathname);
  if (!handler) throw new Error(`nothing is mounted at ${target}`);
  return handler(request, services);
}

/** Sends a form as one of our pages would. */
export function post(
  services: Services,
  target: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return sendFrom(services, target, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: services.config.publicUrl,
      "sec-fetch-site": "same-origin",
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

/** The address in a mail. */
export function linkIn(message: Message | undefined): URL {
  return new URL(message?.text.match(/https?:\S+/)?.[0] ?? "nothing:");
}

/** Presses the button of the page that a sign-in link leads to. */
export function press(services: Services, link: URL, headers: Record<string, string> = {}): Promise<Response> {
  return post(services, "/api/auth/callback/email", Object.fromEntries(link.searchParams), headers);
}

/** The cookie of a session, as a browser would send it back. */
export function sessionCookie(response: Response): string {
  const cookie = response.headers.getSetCookie().find((one) => /avtrz\.session=[\w-]{43};/.test(one));
  expect(cookie, `${response.status} ${response.headers.get("location")}`).toBeDefined();
  return cookie?.split(";")[0] ?? "";
}

/** Signs somebody in, from the first form to the session. */
export async function signInAs(services: Services, email: string): Promise<{ cookie: string; userId: string }> {
  const { token } = await services.signInLinks.create(email);
  const cookie = sessionCookie(await post(services, "/api/auth/callback/email", { token, email }));
  const session = await services.sessions.find(cookie.split("=")[1] ?? "");
  return { cookie, userId: session?.userId ?? "" };
}

/** The hidden field of a form that a signed-in person's page would hold. */
export function fieldFor(services: Services, cookie: string, purpose: string): { form_token: string } {
  return { form_token: formToken(services, { token: cookie.split("=")[1] ?? "" }, purpose) };
}
