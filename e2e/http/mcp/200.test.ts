import sharp from "sharp";
import { expect, test } from "vitest";
import { connectedWorkspace, connectTo } from "../../support/connected-workspace.ts";
import { callTool, postMcp } from "../../support/mcp.ts";
import { ERAS } from "../../support/mcp-message.ts";
import { importPhoto, importText } from "../../support/people.ts";
import { drawPhoto } from "../../support/photos.ts";
import {
  getAvatar,
  ledgerOf,
  newUsername,
  send,
  testServices,
  unipileConfig,
  used,
  workspace,
} from "../../support/services.ts";

const OWN = "http://avtrz.test";

test.each(ERAS)("200: a known face is an image block, its address, and an address to embed (%s)", async (era) => {
  const services = await testServices();
  const { id, token, connectionId, userId } = await connectedWorkspace(services, { clientName: "Claude" });
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  const address = `https://uk.linkedin.com/in/${username.toUpperCase()}/?trk=x`;
  const result = await callTool(services, token, "get_profile_avatar", { linkedin_url: address }, era);

  const [image, text] = result.content;
  expect(image?.mimeType).toBe("image/webp");
  expect(await sharp(Buffer.from(image?.data ?? "", "base64")).metadata()).toMatchObject({ width: 256, height: 256 });
  const imageUrl = String(result.structuredContent?.["imageUrl"]);
  const [first = "", second] = text?.text.split("\n") ?? [];
  expect(first).toMatch(new RegExp(`^Avatar for ${username}: ${OWN}/cdn/[0-9a-f]{64}/256\\.webp$`));
  expect(second).toBe(`Embeddable URL: ${imageUrl}`);
  expect(imageUrl).toMatch(
    new RegExp(
      `^${OWN}/v1/avatar\\?key=pk_live_\\w{30}&linkedin_url=https://www\\.linkedin\\.com/in/${username}&size=256$`,
    ),
  );

  const stored = await send(services, new URL(first.split(": ")[1] ?? "").pathname);
  expect(Buffer.from(await stored.arrayBuffer()).toString("base64")).toBe(image?.data);
  const embedded = await send(services, imageUrl.slice(OWN.length));
  expect([embedded.status, embedded.headers.get("x-avatar-status")]).toEqual([302, "resolved"]);

  const [row] = await ledgerOf(services, id);
  expect(row).toMatchObject({ channel: "mcp", tool: "get_profile_avatar", outcome: "resolved", units: 1, size: 256 });
  expect(row).toMatchObject({ connectionId, userId, keyId: null, client: "Claude", newProfile: true, username });
});

test("200: whoever is being looked up is initials art, with the address where the photo will appear", async () => {
  const services = await testServices(unipileConfig);
  const { id, token } = await connectedWorkspace(services);
  const username = newUsername("jane-doe");
  const { content, structuredContent, isError } = await callTool(services, token, "get_profile_avatar", {
    username,
    size: 32,
  });
  expect(isError).toBeUndefined();
  expect(content[0]?.mimeType).toBe("image/svg+xml");
  expect(Buffer.from(content[0]?.data ?? "", "base64").toString()).toMatch(/^<svg[^>]+width="32"/);
  expect(structuredContent?.["imageUrl"]).toContain(`linkedin_url=https://www.linkedin.com/in/${username}&size=32`);
  expect(content[1]?.text).toContain("being enriched");
  expect(content[1]?.text).toContain(String(structuredContent?.["imageUrl"]));

  const facts = await callTool(services, token, "get_profile", { username });
  expect(facts.content[0]?.text).toBe(
    `Profile enrichment queued for ${username}. Data will be available shortly; try again in a moment.`,
  );
  expect(facts.structuredContent).toEqual({ linkedin_url: `https://www.linkedin.com/in/${username}`, username });
  expect((await ledgerOf(services, id)).map((row) => row.outcome)).toEqual(["enriching", "enriching"]);
  expect(await used(services, id)).toBe(2);
  expect(await used(services, id, "avatar_new_profiles")).toBe(1);
});

test.each([
  [null, "image/svg+xml"],
  ["cursor", "image/svg+xml"],
  ["claude", "image/png"],
  ["claude-code", "image/png"],
  ["chatgpt", "image/png"],
])("200: initials for the client %s are %s", async (knownClient, mimeType) => {
  const services = await testServices(unipileConfig);
  const { token } = await connectedWorkspace(services, { knownClient });
  const { content } = await callTool(services, token, "get_profile_avatar", { username: newUsername("jane-doe") });
  expect(content[0]?.mimeType).toBe(mimeType);
  const format = await sharp(Buffer.from(content[0]?.data ?? "", "base64")).metadata();
  expect(format).toMatchObject({ width: 256, height: 256, format: mimeType === "image/png" ? "png" : "svg" });
});

test("200: nobody known is an error result, and costs its unit", async () => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services);
  const username = newUsername();
  expect(await callTool(services, token, "get_profile_avatar", { username })).toMatchObject({
    isError: true,
    content: [{ text: `No avatar is available for ${username}. The profile picture could not be found.` }],
  });
  expect(await callTool(services, token, "get_profile", { username })).toMatchObject({
    isError: true,
    content: [{ text: `No profile data is available for ${username}. The profile could not be found.` }],
  });
  expect(await used(services, id)).toBe(2);
  expect((await ledgerOf(services, id)).map((row) => row.outcome)).toEqual(["not_found", "not_found"]);
});

test.each(ERAS)("200: facts come as data and as Markdown, with nothing that nobody told (%s)", async (era) => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services);
  const username = newUsername();
  await importText(
    services,
    id,
    "Connections.csv",
    `First Name,Last Name,URL,Email Address,Company,Position,Connected On\nAda,Lovelace,https://www.linkedin.com/in/${username},,Engines,Programmer,01 Jan 2024\n`,
  );
  const { structuredContent, content } = await callTool(services, token, "get_profile", { username }, era);
  expect(structuredContent).toMatchObject({ username, first_name: "Ada", last_name: "Lovelace" });
  expect(structuredContent).not.toHaveProperty("picture_url");
  expect(structuredContent).not.toHaveProperty("summary");
  expect(content).toHaveLength(1);
  expect(content[0]?.text).toMatch(/^## Ada Lovelace\n/);
  expect(content[0]?.text).toContain(`- LinkedIn: https://www.linkedin.com/in/${username}`);
  expect(content[0]?.text).not.toMatch(/undefined|null|Summary/);

  await importPhoto(services, id, username, await drawPhoto());
  await expect
    .poll(
      async () =>
        (await callTool(services, token, "get_profile", { username }, era)).structuredContent?.["picture_url"],
    )
    .toMatch(/^http:\/\/avtrz\.test\/cdn\/[0-9a-f]{64}\/512\.webp$/);
});

test("200: the key comes with a template that works once filled in, and costs nothing", async () => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services);
  const { structuredContent, content } = await callTool(services, token, "get_publishable_key");
  const key = String(structuredContent?.["publishable_key"]);
  expect(structuredContent).toEqual({
    publishable_key: expect.stringMatching(/^pk_live_/),
    url_template: `${OWN}/v1/avatar?key=${key}&linkedin_url=<LINKEDIN_URL>&size=128`,
    sizes: [32, 64, 128, 256, 512],
    note: "This is your workspace's unrestricted publishable key. Embed it in avatar URLs to render images anywhere (CRMs, docs, emails, sites). Anyone with a URL can use it against this workspace's avatar quota, so treat it like a public token. Revoke or rotate it any time from the avtrz dashboard under API keys.",
  });
  expect(content[0]?.text).toContain(String(structuredContent?.["url_template"]));
  const filled = String(structuredContent?.["url_template"]).replace(
    "<LINKEDIN_URL>",
    "https://www.linkedin.com/in/janedoe",
  );
  expect((await send(services, filled.slice(OWN.length))).status).toBe(200);
  expect((await ledgerOf(services, id)).map((row) => [row.channel, row.tool])).toEqual([["api", "avatar"]]);
});

test("200: without the key the image still comes, without imageUrl; the key tool says what to do", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const { token } = await connectTo(services, id, { role: "member" });
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  const keyless = async (text: RegExp) => {
    const avatar = await callTool(services, token, "get_profile_avatar", { username });
    expect(avatar.content[0]?.mimeType).toBe("image/webp");
    expect(avatar.structuredContent).toEqual({});
    expect(avatar.content[1]?.text).not.toContain("Embeddable");
    const key = await callTool(services, token, "get_publishable_key");
    expect(key.isError).toBe(true);
    expect(key.content[0]?.text).toMatch(text);
  };
  await keyless(
    /^This workspace's avatar key has not been set up yet, and your role cannot create it\. Ask a workspace owner or admin to connect avtrz once — that provisions the shared key for everyone\.$/,
  );
  const owner = await connectTo(services, id);
  const made = await services.keys.manager.provisionMcpKey(id, owner.userId);
  expect((await callTool(services, token, "get_publishable_key")).isError).toBeUndefined();
  await services.keys.manager.revoke(id, made?.id ?? "", "test");
  await expect.poll(async () => (await callTool(services, token, "get_publishable_key")).isError).toBe(true);
  await keyless(/was revoked/);
});

test("200: a connection that may not read the key is given no address that carries it", async () => {
  const services = await testServices();
  const { id } = await connectedWorkspace(services);
  const { token } = await connectTo(services, id, { scopes: ["avatars:read"] });
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  const result = await callTool(services, token, "get_profile_avatar", { username });
  expect(result.structuredContent).toEqual({});
  expect(JSON.stringify(result)).not.toContain("pk_live_");
});

test.each([
  [
    "both",
    { username: "ada-l", linkedin_url: "https://www.linkedin.com/in/ada-l" },
    "Pass exactly one of linkedin_url or username.",
  ],
  ["neither", {}, "Pass exactly one of linkedin_url or username."],
  [
    "a company",
    { linkedin_url: "https://www.linkedin.com/company/acme" },
    "linkedin_url does not lead to a person's profile.",
  ],
  ["an odd size", { username: "ada-l", size: 100 }, "Parameter size is not valid: use one of 32, 64, 128, 256, 512."],
  ["a stray argument", { username: "ada-l", "\u0007inject\n": 1 }, "There is no parameter ?inject? here."],
])("200: %s is an error result that says what is wrong, and costs nothing", async (_what, given, text) => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services);
  const result = await callTool(services, token, "get_profile_avatar", given);
  expect([result.isError, result.content[0]?.text]).toEqual([true, text]);
  expect(await used(services, id)).toBe(0);
  expect((await ledgerOf(services, id)).map((row) => [row.outcome, row.units])).toEqual([["blocked", 0]]);
});

test("200: a quota that is used up is an error result for each tool, and the connection goes on", async () => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services, { limits: { avatar_requests: 1 } });
  await callTool(services, token, "get_profile", { username: newUsername() });
  for (const [tool, subject] of [
    ["get_profile_avatar", "avatar"],
    ["get_profile", "profile"],
  ] as const) {
    expect(await callTool(services, token, tool, { username: newUsername() })).toMatchObject({
      isError: true,
      content: [
        { text: `Monthly ${subject} quota exceeded for this workspace. Upgrade your plan or wait for the next cycle.` },
      ],
    });
  }
  expect((await callTool(services, token, "get_publishable_key")).isError).toBeUndefined();
  expect((await ledgerOf(services, id)).map((row) => row.code)).toEqual([null, "quota_exceeded", "quota_exceeded"]);
  const { key } = await workspace(services);
  expect((await getAvatar(services, { key, username: newUsername() })).status).toBe(200);
});

test("200: calls beyond the rate are error results with the seconds to wait; all connections of a user share it", async () => {
  const limits = { organization: 1_000, key: 1_000, user: 4, address: 1_000 };
  const services = await testServices({ rateLimits: limits });
  const { id, token, userId } = await connectedWorkspace(services);
  const second = await connectTo(services, id, { userId });
  const stranger = await connectTo(services, id);
  const texts: string[] = [];
  for (let call = 0; call < 12; call++) {
    const result = await callTool(services, call % 2 ? token : second.token, "get_profile", { username: "ada-l" });
    texts.push(result.content[0]?.text ?? "");
  }
  expect(texts.filter((text) => /^Rate limit exceeded\. Retry after \d+s\.$/.test(text)).length).toBeGreaterThanOrEqual(
    4,
  );
  expect((await callTool(services, stranger.token, "get_publishable_key")).isError).toBeUndefined();
  const blocked = (await ledgerOf(services, id)).filter((row) => row.outcome === "blocked");
  expect(new Set(blocked.map((row) => row.code))).toEqual(new Set(["rate_limited"]));
  expect(await used(services, id)).toBe(12 - blocked.length);
});

test("200: what fails on our side says an id and no cause, and gives its unit back", async () => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services);
  services.avatars.resolve = () => Promise.reject(new Error("secret detail"));
  const response = await postMcp(services, token, "tools/call", {
    name: "get_profile",
    arguments: { username: newUsername() },
  });
  const text = await response.text();
  expect(text).toContain(`Something failed on our side (${response.headers.get("x-request-id")})`);
  expect(text).not.toContain("secret detail");
  const [row] = await ledgerOf(services, id);
  expect(row).toMatchObject({
    id: response.headers.get("x-request-id"),
    outcome: "failed",
    code: "internal",
    units: 0,
  });
  expect(await used(services, id)).toBe(0);
  expect(await used(services, id, "avatar_new_profiles")).toBe(0);
});

test.each(ERAS)("200: tools are listed with schemas, hints, icons, sign-in needs and the card (%s)", async (era) => {
  const services = await testServices();
  const { id } = await connectedWorkspace(services);
  // The list is the same whatever the connection was given: a call then says which scope is missing.
  const { token } = await connectTo(services, id, { scopes: ["avatars:read"] });
  const { result } = await (await postMcp(services, token, "tools/list", {}, era)).json();
  const [avatar, profile, key] = result.tools;
  expect(result.tools).toHaveLength(3);
  expect(avatar.inputSchema.properties.size).toMatchObject({ enum: [32, 64, 128, 256, 512], default: 256 });
  expect(key.inputSchema).toMatchObject({ type: "object", properties: {}, additionalProperties: false });
  for (const [tool, scope] of [
    [avatar, "avatars:read"],
    [profile, "profiles:read"],
    [key, "keys:read"],
  ]) {
    expect(tool.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, openWorldHint: false });
    expect(tool.title).toMatch(/\S/);
    expect(tool.outputSchema.type).toBe("object");
    expect(tool.icons[0].src).toBe(`${OWN}/icon.svg`);
    expect(tool.securitySchemes ?? tool._meta.securitySchemes).toEqual([{ type: "oauth2", scopes: [scope] }]);
    expect(tool._meta.securitySchemes).toEqual([{ type: "oauth2", scopes: [scope] }]);
  }
  for (const tool of [avatar, profile]) expect(tool._meta.ui.resourceUri).toBe("ui://avtrz/profile-card-1.html");
  expect(key._meta).not.toHaveProperty("ui");
  if (era === "modern") expect(result).toMatchObject({ ttlMs: 300_000, cacheScope: "private" });
});
