import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalUsername, doubtAbout, toldBoolean, toldText } from "./provider.ts";

const asked = (username: string, kind: "username" | "member_urn" = "username") => ({
  username,
  kind,
  linkedinUrl: `https://www.linkedin.com/in/${encodeURIComponent(username)}`,
});

describe("whether an answer is about the person asked for", () => {
  test.each([
    ["janedoe", "JaneDoe"],
    ["josé-garcia", "jose\u0301-garcia"],
    ["josé-garcia", "jos%C3%A9-garcia"],
    ["张伟-1a2b3c", "%E5%BC%A0%E4%BC%9F-1A2B3C"],
  ])("%s is the same as %s", (username, answered) => {
    expect(doubtAbout(asked(username), { username: answered })).toBeNull();
  });

  test.each([
    ["janedoe", "jane-doe"],
    ["janedoe", "janedoe2"],
    ["janedoe", undefined],
    ["100%", "100"],
  ])("%s is not the same as %s", (username, answered) => {
    expect(doubtAbout(asked(username), answered === undefined ? {} : { username: answered })).not.toBeNull();
  });

  test("a look-up by member URN is judged by the URN alone, whose case counts", () => {
    const who = asked("ACoAAAbc", "member_urn");
    expect(doubtAbout(who, { username: "janedoe", memberUrn: "ACoAAAbc" })).toBeNull();
    expect(doubtAbout(who, { username: "ACoAAAbc", memberUrn: "ACoAAABC" })).not.toBeNull();
    expect(doubtAbout(who, { username: "ACoAAAbc" })).not.toBeNull();
  });

  test("the canonical form never throws and does not change again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (username) => {
        fc.pre(!username.includes("%"));
        expect(canonicalUsername(canonicalUsername(username))).toBe(canonicalUsername(username));
      }),
    );
    expect(canonicalUsername("%E0%A4%A")).toBe("%e0%a4%a");
  });
});

describe("facts that a provider tells", () => {
  test.each([[""], ["  \n"], ["\0"], [null], [undefined], [7], [{}], [["a"]], ["x".repeat(101)]])(
    "%j is not told",
    (value) => {
      expect(toldText(100).parse(value)).toBeUndefined();
    },
  );

  test("text is stored without what a database refuses", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const told = toldText(1_000).parse(value);
        expect(told === undefined || (told.isWellFormed() && !told.includes("\0") && told.trim() === told)).toBe(true);
      }),
    );
    expect(toldText(100).parse(" A\0da \ud800")).toBe("Ada \ufffd");
  });

  test("only true and false are booleans", () => {
    expect([true, false, "true", 1, null, undefined].map((value) => toldBoolean.parse(value))).toEqual([
      true,
      false,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
