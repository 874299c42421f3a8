import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalUrl, parseLinkedInUrl } from "./linkedin-url.ts";
import cases from "./linkedin-url-cases.json" with { type: "json" };
import { type Identity, parseUsername } from "./username.ts";

/** What a case expects, in the words of linkedin-url-cases.json: a username or the code of an error. */
function outcome(identity: Identity): string {
  return identity.ok ? identity.username : identity.code;
}

describe("the contract's cases", () => {
  test.each(cases)("$note: $input", ({ input, expect: expected, field, kind }) => {
    const identity = field === "username" ? parseUsername(input) : parseLinkedInUrl(input);
    expect(outcome(identity)).toBe(expected.username ?? expected.error);
    if (identity.ok) expect(identity.kind).toBe(kind ?? "username");
  });
});

describe("cases that the contract leaves to judgement", () => {
  const URN = "ACoAABexampleExampleExampleExample01234";
  test.each([
    // Where a person's page may stand
    ["https://www.linkedin.com/in/janedoe/de", "janedoe"],
    ["https://www.linkedin.com/in/janedoe/en-us/?locale=de_DE", "janedoe"],
    ["https://www.linkedin.com/in/janedoe/recent-activity/all/", "janedoe"],
    ["https://touch.www.linkedin.com/in/janedoe", "janedoe"],
    ["https://m.linkedin.com/in/janedoe", "janedoe"],
    ["https://www.linkedin.com/comm/mwlite/in/janedoe", "janedoe"],
    ["//www.linkedin.com/in/janedoe", "janedoe"],
    ["https:www.linkedin.com/in/janedoe", "janedoe"],
    ["linkedin.com:443/in/janedoe", "janedoe"],
    ["http://www.linkedin.com:80/in/janedoe", "janedoe"],
    ["\\in\\janedoe", "janedoe"],
    ["/pub/jane-doe/10/a65/123", "jane-doe-123a6510"],
    ["https://www.linkedin.com/%69n/janedoe", "janedoe"],
    ["https://www.linkedin.com/in/x/../janedoe", "janedoe"],
    ["\u202ahttps://www.linkedin.com/in/janedoe\u202c", "janedoe"],
    ["\ufeffhttps://www.linkedin.com/in/janedoe\u200b", "janedoe"],
    ["https://www.ｌinkedin．com/in/janedoe", "janedoe"],
    ["https://www.linkedin.com/in/jane\r\ndoe", "janedoe"],
    [`https://www.linkedin.com/in/${URN}?miniProfileUrn=x`, URN],
    // What a username may hold
    ["https://www.linkedin.com/in/jane.doe", "jane.doe"],
    ["https://www.linkedin.com/in/jane_doe", "jane_doe"],
    ["https://www.linkedin.com/in/o%27brien", "o'brien"],
    ["https://www.linkedin.com/in/o%E2%80%99brien", "o’brien"],
    ["https://www.linkedin.com/in/janedoe.", "janedoe."],
    ["https://www.linkedin.com/in/%E1%BB%8C%CC%81l%C3%A1", "ọ́lá"],
    ["https://www.linkedin.com/in/李小明", "李小明"],
    [
      "https://www.linkedin.com/in/%F0%9F%8F%B4%F3%A0%81%A7%F3%A0%81%A2%F3%A0%81%B3%F3%A0%81%A3%F3%A0%81%B4%F3%A0%81%BF-ann",
      "🏴󠁧󠁢󠁳󠁣󠁴󠁿-ann",
    ],
    ["https://www.linkedin.com/in/👩🏽‍⚕️-dr-ann", "👩🏽‍⚕️-dr-ann"],
    ["https://www.linkedin.com/in/ශ්‍රී-1a", "ශ්‍රී-1a"],
    // Not a profile
    ["https://www.linkedin.com", "unsupported_path"],
    ["www.linkedin.com", "unsupported_path"],
    ["https://www.linkedin.com/in", "unsupported_path"],
    ["https://www.linkedin.com/in//", "unsupported_path"],
    ["https://www.linkedin.com/in/?trk=x", "unsupported_path"],
    ["https://www.linkedin.com/in/%2e%2e/janedoe", "unsupported_path"],
    ["https://www.linkedin.com/company/acme", "unsupported_path"],
    ["https://www.linkedin.com/company/acme/in/janedoe", "unsupported_path"],
    ["company/acme", "unsupported_path"],
    ["https://www.linkedin.com/groups/123/", "unsupported_path"],
    ["https://www.linkedin.com/pulse/title-jane-doe", "unsupported_path"],
    ["https://www.linkedin.com/posts/janedoe_activity-1", "unsupported_path"],
    ["https://www.linkedin.com/janedoe", "unsupported_path"],
    ["https://www.linkedin.com/@janedoe", "unsupported_path"],
    ["https://www.linkedin.com/inn/janedoe", "unsupported_path"],
    ["https://www.linkedin.com/pub/jane-doe", "unsupported_path"],
    ["https://www.linkedin.com/pub/jane-doe/10/a65", "unsupported_path"],
    ["https://www.linkedin.com/#/in/janedoe", "unsupported_path"],
    ["https://www.linkedin.com/sales/company/123", "unsupported_path"],
    ["https://www.linkedin.com/sales/people/ACwAAAexample,NAME_SEARCH,abcd", "private_profile_url"],
    ["https://www.linkedin.com/sales/lead/ACwAAAexample,NAME_SEARCH,abcd?_ntb=x", "private_profile_url"],
    ["https://www.linkedin.com/SALES/profile/1,a,NAME", "private_profile_url"],
    ["https://www.linkedin.com/recruiter/profile/1,a,CAP", "private_profile_url"],
    ["https://www.linkedin.com/talent/hire/1/manage/all/profile/AEMAAA", "private_profile_url"],
    // Not LinkedIn
    ["https://lnkd.in/abc", "unsupported_host"],
    ["https://linkedin.com.evil.test/in/janedoe", "unsupported_host"],
    ["https://www.linkedin.com..evil.test/in/janedoe", "unsupported_host"],
    ["https://..linkedin.com/in/janedoe", "unsupported_host"],
    ["https://linkedin.com../in/janedoe", "unsupported_host"],
    ["https://www.lіnkedin.com/in/janedoe", "unsupported_host"],
    ["https://www.xn--lnkedin-9wf.com/in/janedoe", "unsupported_host"],
    ["https://linkedin.cn/in/janedoe", "unsupported_host"],
    ["http://127.0.0.1/in/janedoe", "unsupported_host"],
    ["http://[::1]/in/janedoe", "unsupported_host"],
    ["/\\evil.test/in/janedoe", "unsupported_host"],
    ["https://evil.test\\@www.linkedin.com/in/janedoe", "unsupported_host"],
    ["https://evil.test#@www.linkedin.com/in/janedoe", "unsupported_host"],
    // Not an address
    ["https://www.linkedin.com@evil.test/in/janedoe", "invalid_url"],
    ["https://evil.test:8443/in/janedoe", "invalid_url"],
    ["http://www.linkedin.com:443/in/janedoe", "invalid_url"],
    ["linkedin.com:8080/in/janedoe", "invalid_url"],
    ["jane@example.com", "invalid_url"],
    ["mailto:jane@linkedin.com", "invalid_url"],
    ["urn:li:person:abc", "invalid_url"],
    ["data:text/html,linkedin.com/in/janedoe", "invalid_url"],
    ["blob:https://www.linkedin.com/in/janedoe", "invalid_url"],
    ["janedoe", "invalid_url"],
    ["N/A", "invalid_url"],
    ["-", "invalid_url"],
    ["https://", "invalid_url"],
    ["https//www.linkedin.com/in/janedoe", "invalid_url"],
    ["<https://www.linkedin.com/in/janedoe>", "invalid_url"],
    ['"https://www.linkedin.com/in/janedoe"', "invalid_url"],
    ["(https://www.linkedin.com/in/janedoe)", "invalid_url"],
    ["See https://www.linkedin.com/in/janedoe", "invalid_url"],
    // Not a username
    ["https://www.linkedin.com/in/janedoe,", "invalid_username"],
    ["https://www.linkedin.com/in/janedoe)", "invalid_username"],
    ["https://www.linkedin.com/in/jane+doe", "invalid_username"],
    ["https://www.linkedin.com/in/@janedoe", "invalid_username"],
    ["https://www.linkedin.com/in/janedoe@example.com", "invalid_username"],
    ["https://www.linkedin.com/in/janedoe&trk=x", "invalid_username"],
    ["https://www.linkedin.com/in/janedoe%3Ftrk=x", "invalid_username"],
    ["https://www.linkedin.com/in/jane%252Fdoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%5Cdoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%0Adoe", "invalid_username"],
    ["https://www.linkedin.com/in/jos%252525C3%252525A9", "invalid_username"],
    ["https://www.linkedin.com/in/jane%E2%80%AEdoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%E2%80%8Bdoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%E2%80%8Ddoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%EF%B8%8Fdoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%C2%ADdoe", "invalid_username"],
    ["https://www.linkedin.com/in/%E3%85%A4%E3%85%A4%E3%85%A4", "invalid_username"],
    ["https://www.linkedin.com/in/jane%EF%BC%8Fdoe", "invalid_username"],
    ["https://www.linkedin.com/in/jane%ED%A0%80doe", "invalid_username"],
    ["https://www.linkedin.com/in/🚀🚀🚀", "invalid_username"],
    ["https://www.linkedin.com/in/ME/", "invalid_username"],
    ["https://www.linkedin.com/in/unavailable", "invalid_username"],
    ["https://www.linkedin.com/in/edit/", "invalid_username"],
    ["https://www.linkedin.com/in/https://www.linkedin.com/in/janedoe", "invalid_username"],
    ["https://www.linkedin.com/in/janedoe https://www.linkedin.com/in/bob", "invalid_username"],
  ])("%s", (input, expected) => {
    expect(outcome(parseLinkedInUrl(input))).toBe(expected);
  });
});

describe("for any string", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.webUrl(),
    fc.string().map((slug) => `https://www.linkedin.com/in/${slug}`),
    fc.string({ unit: "binary" }).map((slug) => `linkedin.com/in/${slug}/details`),
    fc.string().map((path) => `www.linkedin.com/${path}`),
    fc.constantFrom(...cases.map(({ input }) => input)),
  );

  test("parsing never throws and always gives a username or a code", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const identity of [parseLinkedInUrl(text), parseUsername(text)]) {
          if (identity.ok) expect(identity.username).not.toMatch(/[\s\p{Cc}\p{Bidi_Control}\p{Cs}/\\%?#@]/u);
          else expect(identity.code).toMatch(/^[a-z_]+$/);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test("the canonical address leads to the same person again", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const identity of [parseLinkedInUrl(text), parseUsername(text)]) {
          if (!identity.ok) continue;
          expect(parseLinkedInUrl(canonicalUrl(identity.username))).toEqual(identity);
          expect(parseUsername(identity.username)).toEqual(identity);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each(["a", " ", "%", "/", "\ud800", "\u200b", "🏴", "ℹ", ".", "%25"])(
    "a megabyte of %j is refused at once",
    (unit) => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
      const begun = performance.now();
      expect(parseLinkedInUrl(text).ok).toBe(false);
      expect(parseUsername(text).ok).toBe(false);
      expect(parseLinkedInUrl(`https://www.linkedin.com/in/${text}`).ok).toBe(false);
      expect(performance.now() - begun).toBeLessThan(500);
    },
  );

  test.each(["ℹ", "👍🏻", "🏴", "a\u0301", "👩‍", "1️⃣"])("%s repeated to the limit takes no exponential time", (unit) => {
    const begun = performance.now();
    parseLinkedInUrl(`https://www.linkedin.com/in/${encodeURIComponent(unit.repeat(60))}!`);
    parseUsername(`${unit.repeat(600)}!`);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe("one person has one username", () => {
  // Letters whose case folds one to one; "ß" and "ς" have capitals that lower-case to something else.
  const letters = [..."abcxyzäöüéñçøåæœšžłđαβγабвжяաբگعक字かカ한0189-_.'"];
  const usernames = fc
    .array(fc.constantFrom(...letters), { minLength: 3, maxLength: 40 })
    .map((parts) => parts.join(""))
    .filter((text) => /[\p{L}\p{N}]/u.test(text) && !/^(me|edit|unavailable)$/.test(text));

  test("whatever its case, its normal form and its percent-encoding", () => {
    fc.assert(
      fc.property(usernames, (username) => {
        const expected: Identity = { ok: true, username, kind: "username" };
        const spellings = [username, username.toUpperCase(), username.normalize("NFD"), encodeURIComponent(username)];
        spellings.push(encodeURIComponent(encodeURIComponent(username.normalize("NFD").toUpperCase())));
        spellings.push(encodeURIComponent(username).toLowerCase());
        for (const spelling of spellings) {
          expect(parseUsername(spelling)).toEqual(expected);
          expect(parseLinkedInUrl(`https://de.linkedin.com/in/${spelling}/en?x=1#y`)).toEqual(expected);
          expect(parseLinkedInUrl(`LinkedIn.com/IN/${spelling}`)).toEqual(expected);
        }
      }),
    );
  });

  test("the short way for plain addresses agrees with the long one", () => {
    const slugs = fc.string({ unit: fc.constantFrom(..."abz09-AB_.%/?#"), maxLength: 104 });
    fc.assert(
      fc.property(
        fc.oneof(slugs, fc.constantFrom("me", "edit", "unavailable", "a".repeat(100), "a".repeat(101))),
        (slug) => {
          const short = parseLinkedInUrl(`https://www.linkedin.com/in/${slug}`);
          expect(parseLinkedInUrl(` https://www.linkedin.com/in/${slug}`)).toEqual(short);
        },
      ),
    );
  });
});

test("no host but linkedin.com and its subdomains is accepted", () => {
  const lookAlikes = fc.oneof(
    fc.domain(),
    fc.domain().map((domain) => `linkedin.com.${domain}`),
    fc.domain().map((domain) => `www-linkedin.com.${domain}`),
    fc.constantFrom(
      "linkedln.com",
      "1inkedin.com",
      "linkedin.co",
      "linkedin.com-in.test",
      "xlinkedin.com",
      "linkedin.comm",
    ),
    fc.constantFrom(..."ιíìïıĺŀłņńеéèđďɗ").map((letter) => `www.link${letter}edin.com`),
  );
  fc.assert(
    fc.property(lookAlikes, (host) => {
      for (const prefix of ["https://", "http://", "//", ""]) {
        expect(parseLinkedInUrl(`${prefix}${host}/in/janedoe`).ok).toBe(false);
      }
    }),
  );
});
