import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanName, cleanUri, usableRedirectUris } from "./client-metadata.ts";

describe("redirect addresses of a registration", () => {
  test("Cursor's three are all kept, in their order", () => {
    const sent = [
      "cursor://anysphere.cursor-mcp/oauth/callback",
      "https://www.cursor.com/agents/mcp/oauth/callback",
      "http://localhost:8787/callback",
    ];
    expect(usableRedirectUris(sent)).toEqual({ ok: true, usable: sent, dropped: [] });
  });

  test("one that is unusual is left out; one that is dangerous spoils all; none at all is refused", () => {
    expect(usableRedirectUris(["http://intranet/cb", "https://a.example/cb", "https://a.example/cb"])).toMatchObject({
      ok: true,
      usable: ["https://a.example/cb"],
      dropped: [expect.stringContaining("http://intranet/cb")],
    });
    expect(usableRedirectUris(["https://a.example/cb", "javascript:alert(1)"])).toMatchObject({ ok: false });
    expect(usableRedirectUris(["http://intranet/cb"])).toMatchObject({ ok: false });
  });
});

describe("a client's name, as a page may show it", () => {
  test.each([
    ["  Claude\r\n Desktop ", "Claude Desktop"],
    ["\u202eedualC\u202c", "edualC"],
    ["Cla\u200bu\u00adde", "Cla u de"],
    ["\ud800\0\u0007", null],
    ["\u3164\u115f", null],
    ["", null],
  ])("%j is shown as %j", (name, shown) => {
    expect(cleanName(name)).toBe(shown);
  });

  test("is one line of at most 80 characters that PostgreSQL can keep, whatever was sent", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const shown = cleanName(name);
        if (shown === null) return;
        expect([...shown].length).toBeLessThanOrEqual(80);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(shown.trim()).toBe(shown);
      }),
    );
  });
});

test("a client's page is a https address or nothing", () => {
  expect(cleanUri("https://client.example/about")).toBe("https://client.example/about");
  for (const uri of [
    "http://client.example/",
    "javascript:alert(1)",
    "https://client@evil.example/",
    "about",
    undefined,
  ])
    expect(cleanUri(uri)).toBeNull();
});
