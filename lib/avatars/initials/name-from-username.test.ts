import fc from "fast-check";
import { expect, test } from "vitest";
import { initialsOf } from "./initials-of.ts";
import { nameFromUsername } from "./name-from-username.ts";

test.each([
  ["jane-doe", "jane doe"],
  ["jane-doe-4861599", "jane doe"],
  ["jane-doe-a1b2c3d4", "jane doe"],
  ["jane-doe-12345", "jane doe"],
  ["jane-doe-1234", "jane doe 1234"],
  ["jane-doe-12345678901", "jane doe 12345678901"],
  ["jane-doe-abcdefgh", "jane doe abcdefgh"],
  ["jane--doe-", "jane doe"],
  ["williamhgates", "williamhgates"],
  ["jdoe1985", "jdoe1985"],
  ["josé-garcía-9b8a7c6d", "josé garcía"],
  ["张伟-12345678", "张伟"],
  ["ACoAAABcD-efGhIjKlMnOpQrStUvWxYz0123456", ""],
  ["ACwAAABcD_efGhIjKlMnOpQrStUvWxYz0123456", ""],
  ["", ""],
])("%s gives %s", (username, expected) => {
  expect(nameFromUsername(username)).toBe(expected);
});

test("the initials of a username are those of the name in it", () => {
  expect(initialsOf(nameFromUsername("jane-doe-4861599"))).toBe("JD");
  expect(initialsOf(nameFromUsername("muhammad-al-khwarizmi-1a2b3c4d"))).toBe("MK");
});

test("any string is taken, and no hyphen is left", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (slug) => {
      expect(nameFromUsername(slug)).not.toContain("-");
    }),
  );
});
