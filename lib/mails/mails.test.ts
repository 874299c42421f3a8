import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message } from "#lib/platform/mail";
import { invitationMail } from "./invitation.ts";
import { keyLeakedMail } from "./key-leaked.ts";
import { quotaMail } from "./quota.ts";
import { removalConfirmMail, removalGrantedMail, removalRefusedMail } from "./removal.ts";
import { signInMail } from "./sign-in.ts";
import { webhookDisabledMail } from "./webhook-disabled.ts";

const publicUrl = "https://avatars.example.com";
const to = "ada@example.com";
const organizationId = "org_01";
const quota = {
  to,
  publicUrl,
  id: "notice.1",
  organizationId,
  workspace: "Harbour & Vale",
  metric: "avatar_requests",
  used: 40_000,
  limit: 50_000,
  percent: 80,
  resets: "2026-12-01T00:00:00.000Z",
} as const;
const leak = {
  to,
  publicUrl,
  id: "notice.2",
  organizationId,
  workspace: "Harbour & Vale",
  keyName: "Backend",
  last4: "x7Qp",
  foundAt: "https://github.com/example/app/blob/main/.env#L3",
};
const invitation = {
  to,
  publicUrl,
  link: `${publicUrl}/invite/a-token`,
  workspace: "Harbour & Vale",
  role: "admin",
  invitedBy: "grace@example.com",
};

const MAILS: Record<string, Message> = {
  "sign-in": signInMail({ to, publicUrl, link: `${publicUrl}/sign-in/link?token=a-token&email=ada%40example.com` }),
  invitation: invitationMail(invitation),
  "invitation-by-operator": invitationMail({ ...invitation, invitedBy: null, workspace: "Win at evil.example" }),
  "quota-80": quotaMail(quota),
  "quota-100": quotaMail({ ...quota, used: 50_000, percent: 100 }),
  "quota-100-new-profiles": quotaMail({ ...quota, metric: "avatar_new_profiles", used: 100, limit: 100, percent: 100 }),
  "key-leaked": keyLeakedMail(leak),
  "webhook-disabled": webhookDisabledMail({
    to,
    publicUrl,
    id: "notice.3",
    organizationId,
    workspace: "Harbour & Vale",
    webhookId: "whe_01",
    host: "hooks.example.com",
    problem: "It answered with status 500.",
  }),
  "removal-confirm": removalConfirmMail({ to, publicUrl, link: `${publicUrl}/remove-my-photo/link?token=a-token` }),
  "removal-granted": removalGrantedMail({ to, publicUrl, username: "ada-brook" }),
  "removal-refused": removalRefusedMail({ to, publicUrl, username: "ada-brook", reason: "This is not your profile." }),
};

test.each(Object.entries(MAILS))("%s reads as it was last looked at", async (name, { subject, text, html, to }) => {
  const file = (ending: string) => path.join(import.meta.dirname, "rendered", `${name}.${ending}`);
  await expect(`To: ${to}\nSubject: ${subject}\n\n${text}`).toMatchFileSnapshot(file("txt"));
  await expect(html).toMatchFileSnapshot(file("html"));
});

test.each(Object.entries(MAILS))("%s loads nothing, follows nobody, and works in the dark", (_name, { html = "" }) => {
  expect(html).not.toMatch(/<(img|script|link|iframe|object|video|form)\b|url\(|@import|\bsrc=/i);
  expect(html.match(/<a /g)).toHaveLength(1);
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  expect(html).toContain("@media (prefers-color-scheme:dark)");
});

const hostile = fc
  .array(
    fc.constantFrom(
      "<b>",
      "&",
      '"',
      "\r\n",
      "\u2028",
      "\u202e",
      "\u200b",
      "x",
      " ",
      "evil.example",
      "https://e.example",
      "@",
      "evil。com",
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));

test("no name of a workspace or key breaks a line, becomes markup, hides, or is an address", () => {
  fc.assert(
    fc.property(hostile, hostile, (workspace, keyName) => {
      for (const { subject, text, html = "" } of [
        invitationMail({ ...invitation, workspace }),
        quotaMail({ ...quota, workspace }),
        keyLeakedMail({ ...leak, workspace, keyName, foundAt: "" }),
      ]) {
        expect(subject).not.toMatch(/[\r\n\u2028\u202e\u200b]/);
        expect(subject + text).not.toMatch(/e\.example|evil\.example|evil。com/);
        expect(text.replace(/\n/g, "")).not.toMatch(/[\p{Cc}\u2028\u202e\u200b]/u);
        expect(html).not.toContain("<b>");
      }
    }),
  );
});

test("where a key was found is told on one line, as text", () => {
  const { text, html = "" } = keyLeakedMail({ ...leak, foundAt: `https://x.example/"><img src=x>\r\n\r\nPay here` });
  expect(text).toContain('It was found at: https://x.example/"><img src=x> Pay here\n');
  expect(html).not.toContain("<img");
  expect(html.match(/<a /g)).toHaveLength(1);
});
