import { expect, onTestFinished, test, vi } from "vitest";
import { createMail } from "./mail.ts";
import { startMailServer } from "./mail-server.fixture.ts";

const FROM = "Avtrz <avtrz@example.com>";

async function setUp() {
  const server = await startMailServer();
  onTestFinished(server.stop);
  return { received: server.received, send: createMail({ mail: { smtpUrl: server.url, from: FROM } }) };
}

test("a mail reaches the configured server whole, and its refusal reaches the sender", async () => {
  const { received, send } = await setUp();
  const text = "Open https://avtrz.example/sign-in/link?token=x\n";
  await send({ to: "ada@example.com", subject: "Größe 80 %", text, html: "<p>Open</p>", id: "notice.1" });
  expect(received).toHaveLength(1);
  expect(received[0]?.to).toEqual(["ada@example.com"]);
  expect(received[0]?.mail).toMatchObject({
    from: { name: "Avtrz", address: "avtrz@example.com" },
    to: [{ address: "ada@example.com" }],
    subject: "Größe 80 %",
    messageId: "<notice.1@example.com>",
    text: `${text}\n`,
    html: "<p>Open</p>\n",
  });
  expect(received[0]?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  await expect(send({ to: "nobody@example.com", subject: "x", text: "x" })).rejects.toThrow("nobody here");
});

test.each([
  "x\r\nBcc: eve@example.com",
  "x\nBcc: eve@example.com\n\nNew body",
  "x\rBcc: eve@example.com",
  "x\u2028Bcc: eve@example.com",
  "x\u0000\u0085Bcc: eve@example.com",
])("a subject stays one header, whatever is in it: %j", async (subject) => {
  const { received, send } = await setUp();
  await send({ to: "ada@example.com", subject, text: "The body\n" });
  expect(received[0]?.to).toEqual(["ada@example.com"]);
  expect(received[0]?.mail.bcc ?? []).toEqual([]);
  expect(received[0]?.mail.text).toBe("The body\n");
  expect(received[0]?.mail.subject).toMatch(/^x +Bcc: eve@example\.com/);
});

test.each([
  "ada@example.com, eve@example.com",
  "ada@example.com\r\nBcc: eve@example.com",
  "ada@example.com>\r\nRCPT TO:<eve@example.com",
  "Eve <eve@example.com>, ada@example.com",
])("an address is one addressee or none, and never another's: %j", async (to) => {
  const { received, send } = await setUp();
  await send({ to, subject: "x", text: "x" }).catch(() => undefined);
  for (const { to: addressees } of received) {
    expect(addressees.length).toBeLessThanOrEqual(1);
    expect(addressees).not.toContain("eve@example.com");
  }
});

test("without a mail server the terminal shows whom it is for, what about, and the text", async () => {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  await createMail({ mail: undefined })({
    to: "ada@example.com",
    subject: "Sign\nin",
    text: "Open it.\n\nNow.\n",
    html: "<p>",
  });
  expect(written.mock.calls.join("")).toBe("\n  To ada@example.com: Sign in\n\n  Open it.\n\n  Now.\n\n\n");
});
