import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  classifyRedirectUri,
  describeRedirect,
  formActionSource,
  isRegistered,
  withParameters,
} from "./redirect-uris.ts";

const GOOD = "https://good.example/callback";

describe("what a client may register", () => {
  test.each([
    ["https://claude.ai/api/mcp/auth_callback", "https"],
    ["https://good.example", "https"],
    ["https://good.example/callback?tenant=1", "https"],
    ["http://127.0.0.1:33418/", "loopback"],
    ["http://127.0.0.1/callback", "loopback"],
    ["http://[::1]:8080/callback", "loopback"],
    ["http://localhost:8787/callback", "loopback"],
    ["cursor://anysphere.cursor-mcp/oauth/callback", "app"],
    ["com.example.app:/oauth2redirect", "app"],
  ])("%s is of kind %s", (uri, kind) => {
    expect(classifyRedirectUri(uri)).toEqual({ ok: true, kind });
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\u0001javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript://%0aalert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "about:blank",
    "blob:https://good.example/1",
    "view-source:https://good.example/",
  ])("H-OAUTH-10 %j spoils the whole registration", (uri) => {
    expect(classifyRedirectUri(uri)).toMatchObject({ ok: false, dangerous: true });
  });

  test.each([
    "",
    "/callback",
    "//good.example/callback",
    "http://good.example/callback",
    "http://127.0.0.2/callback",
    "http://127.0.0.1.good.example/callback",
    "http://localhost.good.example/callback",
    "http://0x7f.1/callback",
    "http://2130706433/callback",
    "https://good.example/callback#fragment",
    "https://good.example/callback#",
    "https://user@good.example/callback",
    "https://@good.example/callback",
    "https://good.example@evil.example/",
    "https://GOOD.example/callback",
    "https://good.example:443/callback",
    "https://good.example/a/../callback",
    "https://good.example/a/%2e%2e/callback",
    "https://good.example\\@evil.example/",
    "https://good。example/callback",
    "https://good.example/call\tback",
    "https://good.example/call back",
    "cursor:callback",
    "Cursor://callback",
    "mailto:a@b.example",
    "ws://good.example/",
    `https://good.example/${"a".repeat(2_000)}`,
  ])("%j is left out", (uri) => {
    expect(classifyRedirectUri(uri)).toMatchObject({ ok: false, dangerous: false });
  });
});

describe("what an authorization request may name", () => {
  test("the very bytes that were registered, and nothing that resembles them", () => {
    expect(isRegistered([GOOD], GOOD)).toBe(true);
    fc.assert(
      fc.property(
        fc.nat(GOOD.length),
        fc.constantFrom("", ..."/?#&.%@:\\ aA\t\n\0。"),
        fc.boolean(),
        (at, put, cut) => {
          const changed = GOOD.slice(0, at) + put + GOOD.slice(cut ? at + 1 : at);
          fc.pre(changed !== GOOD);
          expect(isRegistered([GOOD], changed)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("H-OAUTH-11 of a loopback address the port alone may differ", () => {
    const registered = ["http://127.0.0.1/callback", "http://[::1]:9/callback"];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), (port) => {
        fc.pre(port !== 80);
        expect(isRegistered(registered, `http://127.0.0.1:${port}/callback`)).toBe(true);
        expect(isRegistered(registered, `http://[::1]:${port}/callback`)).toBe(true);
        expect(isRegistered(registered, `http://localhost:${port}/callback`)).toBe(false);
        expect(isRegistered(registered, `http://127.0.0.1:${port}/other`)).toBe(false);
        expect(isRegistered(registered, `http://127.0.0.1:${port}/callback?x=1`)).toBe(false);
        expect(isRegistered(registered, `https://127.0.0.1:${port}/callback`)).toBe(false);
        expect(isRegistered(registered, `http://127.0.0.1:${port}@evil.example/callback`)).toBe(false);
      }),
    );
    expect(isRegistered(["https://good.example/callback"], "https://good.example:8443/callback")).toBe(false);
  });

  test("what was registered once and would be refused today is refused", () => {
    expect(isRegistered(["javascript:alert(1)"], "javascript:alert(1)")).toBe(false);
  });

  test("nothing makes it throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl()), (uri) => {
        const classified = classifyRedirectUri(uri);
        expect(isRegistered([uri], uri)).toBe(classified.ok);
        if (classified.ok) expect(describeRedirect(uri).kind).toBe(classified.kind);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the answer's address", () => {
  test("every value comes through whole, once, and the client's own query stays as it was written", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (code, state) => {
        fc.pre(isWellFormed(code) && isWellFormed(state));
        const location = withParameters(`${GOOD}?tenant=a%20b&x&iss=https://evil.example&%69ss=2`, {
          code,
          state,
          iss: "https://avtrz.example",
        });
        expect(location.startsWith(`${GOOD}?tenant=a%20b&x&`)).toBe(true);
        const { searchParams, hash } = new URL(location);
        expect(hash).toBe("");
        expect(searchParams.getAll("code")).toEqual([code]);
        expect(searchParams.getAll("state")).toEqual([state]);
        expect(searchParams.getAll("iss")).toEqual(["https://avtrz.example"]);
      }),
    );
  });

  test("what is not there is not sent", () => {
    expect(withParameters(GOOD, { code: "c", state: null })).toBe(`${GOOD}?code=c`);
    expect(withParameters("cursor://x/y", { code: "c" })).toBe("cursor://x/y?code=c");
  });

  test("form-action names it, and nothing wider than it must", () => {
    expect(formActionSource("https://good.example:8443/callback?x=1")).toBe("https://good.example:8443");
    expect(formActionSource("http://127.0.0.1:33418/")).toBe("http://127.0.0.1:33418");
    expect(formActionSource("http://[::1]:1/x")).toBe("http:");
    expect(formActionSource("cursor://anysphere.cursor-mcp/oauth/callback")).toBe("cursor:");
  });

  test("a policy cannot be ended or added to from an address", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (uri) => {
        fc.pre(classifyRedirectUri(uri).ok);
        expect(formActionSource(uri)).not.toMatch(/[\s;,'"]/);
      }),
    );
  });
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
