import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext } from "@playwright/test";
import { answerConsent, browserPerson, join } from "../support/browser-person.ts";
import { askForConsent, exchangeCode } from "../support/consent-request.ts";
import type { Installation } from "../support/installation.ts";
import { expect, type Page, test } from "./journey.ts";

const HTTPS = "https://client.example/callback?kept=1";
const CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback";
const CLAUDE = "https://claude.ai/api/mcp/auth_callback";

type State = Awaited<ReturnType<BrowserContext["storageState"]>>;
let signedIn: { url: string; state: State } | undefined;

/** A page of the owner's, who signed in once for all tests. */
async function ownersPage(browser: Browser, installation: Installation, javaScriptEnabled = true): Promise<Page> {
  if (signedIn?.url !== installation.url) {
    const context = await browserPerson(browser, installation, "owner@example.com");
    signedIn = { url: installation.url, state: await context.storageState() };
    await context.close();
  }
  return (await browser.newContext({ storageState: signedIn.state, javaScriptEnabled })).newPage();
}

/** A program on this computer that waits for the answer. */
async function loopbackListener(): Promise<{ redirectUri: string; answers: URL[]; close(): void }> {
  const answers: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    if (url.pathname === "/callback") answers.push(url);
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Arrived</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    answers,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function connections(installation: Installation, organizationId: string): Promise<{ clientName: string }[]> {
  const listed = await installation.avtrz<{ connections: { clientName: string }[] }>(
    "connection",
    "list",
    "--org",
    organizationId,
  );
  return listed.connections;
}

for (const javaScript of [true, false]) {
  const how = javaScript ? "" : ", without JavaScript too";

  test(`after Allow the browser leaves for exactly the https address that was checked${how}`, async ({
    browser,
    prepared: { installation },
  }) => {
    const page = await ownersPage(browser, installation, javaScript);
    await page.route("https://client.example/**", (route) => route.fulfill({ body: "arrived" }));
    const asked = await askForConsent(installation.url, { redirectUri: HTTPS });
    const left = await answerConsent(page, asked.address);
    const { code, ...rest } = Object.fromEntries(left.searchParams);
    expect(`${left.origin}${left.pathname}`).toBe("https://client.example/callback");
    expect(rest).toEqual({ kept: "1", state: "a state", iss: installation.url });
    await expect(page.getByText("arrived")).toBeVisible();
    expect((await exchangeCode(installation.url, asked, code ?? "")).status).toBe(200);
    await page.context().close();
  });

  test(`after Allow the browser leaves for a program on this computer${how}`, async ({
    browser,
    prepared: { installation },
  }) => {
    const page = await ownersPage(browser, installation, javaScript);
    const program = await loopbackListener();
    await answerConsent(page, (await askForConsent(installation.url, program)).address);
    await expect(page).toHaveTitle("Arrived");
    expect(program.answers).toHaveLength(1);
    expect(program.answers[0]?.searchParams.get("code")).toBeTruthy();
    program.close();
    await page.context().close();
  });

  test(`after Allow the browser hands the answer to the app of a custom scheme${how}`, async ({
    browser,
    prepared: { installation },
  }) => {
    const page = await ownersPage(browser, installation, javaScript);
    const left = await answerConsent(
      page,
      (await askForConsent(installation.url, { redirectUri: CURSOR, name: "Cursor" })).address,
    );
    expect(left.href.split("?")[0]).toBe(CURSOR);
    expect(left.searchParams.get("code")).toBeTruthy();
    await page.context().close();
  });
}

test("Deny tells the client so, and connects nothing", async ({ browser, prepared }) => {
  const { installation, organizationId } = prepared;
  const page = await ownersPage(browser, installation);
  await page.route("https://client.example/**", (route) => route.fulfill({ body: "arrived" }));
  const { address } = await askForConsent(installation.url, { redirectUri: HTTPS, name: "A denied client" });
  const left = await answerConsent(page, address, "Deny");
  expect(Object.fromEntries(left.searchParams)).toEqual({
    kept: "1",
    error: "access_denied",
    error_description: expect.any(String),
    state: "a state",
    iss: installation.url,
  });
  const names = (await connections(installation, organizationId)).map(({ clientName }) => clientName);
  expect(names).not.toContain("A denied client");
  await page.context().close();
});

test("a client that only calls itself Claude is shown as unverified, with where the answer goes", async ({
  browser,
  prepared: { installation },
}) => {
  const page = await ownersPage(browser, installation);
  await page.goto((await askForConsent(installation.url, { redirectUri: HTTPS, name: "Claude" })).address);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("“Claude” wants to connect to Avtrz");
  await expect(page.getByRole("note")).toContainText(/^Unverified: .*Claude.*client\.example/);
  await expect(page.getByText("verified as")).toHaveCount(0);
  await page.context().close();
});

test("the real address of Claude is recognised, and its page says whose it is, for what, and that it only reads", async ({
  browser,
  prepared: { installation },
}) => {
  const page = await ownersPage(browser, installation);
  await page.goto((await askForConsent(installation.url, { redirectUri: CLAUDE, name: "Something else" })).address);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Claude wants to connect to Avtrz");
  await expect(page.getByText("verified as Claude")).toBeVisible();
  for (const text of ["owner@example.com", "claude.ai", "avatars:read", "profiles:read", "keys:read", "It only reads."])
    await expect(page.getByText(text).first()).toBeVisible();
  await expect(page.getByRole("note")).toHaveCount(0);
  const [deny, allow] = await Promise.all(
    ["Deny", "Allow"].map((name) => page.getByRole("button", { name }).boundingBox()),
  );
  expect(deny).toMatchObject({ width: allow?.width, height: allow?.height });
  await page.context().close();
});

test("H-CIMD-52 a famous client whose answer goes to this computer is not called verified, and comes with a warning", async ({
  browser,
  prepared: { installation },
}) => {
  const page = await ownersPage(browser, installation);
  const { address } = await askForConsent(installation.url, {
    clientId: "https://claude.ai/oauth/claude-code-client-metadata",
    redirectUri: "http://127.0.0.1:43210/callback",
  });
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Claude Code");
  await expect(page.getByRole("note")).toContainText("Any program here could say it is Claude Code");
  await expect(page.getByText("this computer (127.0.0.1:43210)")).toBeVisible();
  await expect(page.getByText("verified as")).toHaveCount(0);
  await page.context().close();
});

test("H-OAUTH-23 the consent page shows itself in no frame", async ({ browser, prepared: { installation } }) => {
  const page = await ownersPage(browser, installation);
  const { address } = await askForConsent(installation.url, { redirectUri: HTTPS });
  await page.goto(address);
  const consent = page.url();
  expect(await page.getByRole("button", { name: "Allow" }).count()).toBe(1);
  // Even on our own address, where the cookie is sent.
  await page.goto(`${installation.url}/docs/errors`);
  const refused = page.waitForEvent("console", (message) => /frame/i.test(message.text()));
  await page.evaluate((source) => {
    const frame = document.createElement("iframe");
    frame.src = source;
    document.body.append(frame);
  }, consent);
  await refused;
  expect(await page.frameLocator("iframe").getByRole("button", { name: "Allow" }).count()).toBe(0);
  await page.context().close();
});

test("the connection belongs to the workspace that was chosen, and to no other", async ({ browser, prepared }) => {
  const { installation, organizationId } = prepared;
  const page = await ownersPage(browser, installation);
  const second = await installation.avtrz<{ id: string }>("org", "create", "The other workspace");
  await join(page, installation, second.id);
  const program = await loopbackListener();
  const { address } = await askForConsent(installation.url, { ...program, name: "A client of the second" });
  await page.goto(address);
  await page.getByRole("radio", { name: /The other workspace/ }).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveTitle("Arrived");
  const clientsOf = async (id: string) => (await connections(installation, id)).map(({ clientName }) => clientName);
  expect(await clientsOf(second.id)).toEqual(["A client of the second"]);
  expect(await clientsOf(organizationId)).not.toContain("A client of the second");
  program.close();
  await page.context().close();
});

test("a double click on Allow gives one code, which works", async ({ browser, prepared: { installation } }) => {
  const page = await ownersPage(browser, installation);
  const program = await loopbackListener();
  const asked = await askForConsent(installation.url, program);
  await page.goto(asked.address);
  await page.getByRole("button", { name: "Allow" }).dblclick();
  await expect(page).toHaveTitle("Arrived");
  const codes = new Set(program.answers.map((answer) => answer.searchParams.get("code")));
  expect(codes.size).toBe(1);
  expect((await exchangeCode(installation.url, asked, [...codes][0] ?? "")).status).toBe(200);
  program.close();
  await page.context().close();
});

test("who is not signed in signs in first and comes back to the same request", async ({
  browser,
  prepared: { installation },
}) => {
  const page = await (await browser.newContext()).newPage();
  const program = await loopbackListener();
  await page.goto((await askForConsent(installation.url, { ...program, name: "A patient client" })).address);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByRole("textbox").fill("newcomer@example.com");
  await page.getByRole("textbox").press("Enter");
  await expect.poll(() => installation.output()).toMatch(/\/sign-in\/link\?\S*newcomer/);
  await page.goto(installation.output().match(/https?:\S+\/sign-in\/link\?\S*newcomer\S*/)?.[0] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("A patient client");
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page).toHaveTitle("Arrived");
  program.close();
  await page.context().close();
});
