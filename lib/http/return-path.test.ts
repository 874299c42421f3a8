import fc from "fast-check";
import { expect, test } from "vitest";
import { returnPath } from "./return-path.ts";

const HERE = "https://avtrz.example";

test.each([
  "/",
  "/workspaces",
  "/oauth/authorize/areq_01jd0000000000000000000000",
  "/invite/abc?x=1&y=%20#z",
  "/people?q=J%C3%BCrgen",
])("%j is gone back to", (next) => expect(returnPath(next, HERE)).toBe(next));

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/%2e%2e//evil.example",
  "/%2fevil.example",
  "/%5cevil.example",
  "/%09/evil.example",
  "%2f%2fevil.example",
  "https:evil.example",
  "https:/evil.example",
  "https://evil.example/",
  "https://avtrz.example@evil.example/",
  "javascript:alert(1)",
  "data:text/html,x",
  "evil.example",
  "",
  "%0d%0aSet-Cookie:x=1",
  "/%0d%0aSet-Cookie:x=1",
  "/\r\nSet-Cookie:x=1",
  "/a\u0000b",
  "/100%",
  `/${"a".repeat(3_000)}`,
  null,
  undefined,
])("H-OAUTH-31 %j leads to the start page", (next) => expect(returnPath(next, HERE)).toBe("/"));

test("H-OAUTH-31 whatever is asked for, a browser stays on this origin, and no header ends", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "%2f",
    "%5c",
    "%2e",
    "%0a",
    "\t",
    "\n",
    "@",
    ":",
    "evil",
    "https:",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join("")),
        fc.string(),
      ),
      (next) => {
        const path = returnPath(next, HERE);
        expect(new URL(path, HERE).origin).toBe(HERE);
        expect(new URL(HERE + path).origin).toBe(HERE);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
      },
    ),
  );
});
