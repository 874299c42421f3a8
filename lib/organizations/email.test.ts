import { expect, test } from "vitest";
import { normalizeEmail } from "./email.ts";

test.each([
  ["ada@example.com", "ada@example.com"],
  ["  Ada.Brook+li@Mail.Example.COM ", "ada.brook+li@mail.example.com"],
  ["o'neil@example.co.uk", "o'neil@example.co.uk"],
])("%j is kept as %j", (given, kept) => expect(normalizeEmail(given)).toBe(kept));

test.each([
  "",
  "ada",
  "ada@localhost",
  "ada@@example.com",
  "ada@example.com,eve@evil.example",
  "ada@example.com eve@evil.example",
  '"ada"@example.com',
  "Ada <ada@example.com>",
  "ada@example.com\r\nBcc: eve@evil.example",
  "mi\u212Ae@example.com",
  "ada@exampl\u0435.com",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(250)}.com`,
  null,
  undefined,
])("%j is no address", (given) => expect(normalizeEmail(given)).toBeNull());
