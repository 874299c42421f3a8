import fc from "fast-check";
import { expect, test } from "vitest";
import { drain, jpegLike, temporaryFolder } from "./fixtures.ts";
import { MAX_PHOTO_BYTES } from "./picture.ts";
import type { ImportedRow, RefusedRow } from "./rows.ts";
import { openVCards } from "./vcards.ts";

const files = temporaryFolder();
let count = 0;

async function read(data: string | Uint8Array): Promise<{ rows: ImportedRow[]; refused: RefusedRow[] }> {
  return drain(await openVCards(files.write(`${++count}.vcf`, data)));
}

function card(...lines: string[]): string {
  return ["BEGIN:VCARD", ...lines, "END:VCARD", ""].join("\r\n");
}

const PHOTO = jpegLike(9, 300);
const BASE64 = PHOTO.toString("base64");

/** A line folded at 75 bytes, as versions 3.0 and 4.0 want it. */
function folded(line: string): string {
  return line.replace(/.{74}(?=.)/g, "$&\r\n ");
}

test("version 3.0, as Apple writes it: groups, escaped colons, folded base64", async () => {
  const { rows, refused } = await read(
    card(
      "VERSION:3.0",
      "PRODID:-//Apple Inc.//macOS 15//EN",
      "N:Doe;Jane;;Dr.;",
      "FN:Dr. Jane Doe",
      "ORG:Acme\\, Inc.;Research;",
      "TITLE:Head of Things\\; and more",
      "EMAIL;type=INTERNET;type=HOME:jane@home.example",
      "EMAIL;type=INTERNET;type=WORK;type=pref:jane@example.com",
      "item1.ADR;type=WORK:;;Main St 1;Berlin;BE;10115;Germany",
      "item1.X-ABADR:de",
      "item2.URL;type=pref:https\\://acme.example",
      "item3.URL:https\\://www.linkedin.com/in/janedoe",
      "item3.X-ABLabel:LinkedIn",
      folded(`PHOTO;ENCODING=b;TYPE=JPEG;X-ABCROP-RECTANGLE=ABClipRect_1&0&0&1&1&abc==:${BASE64}`),
    ),
  );
  expect(refused).toEqual([]);
  expect(rows).toEqual([
    {
      where: "card 1 (line 1)",
      username: "janedoe",
      firstName: "Jane",
      lastName: "Doe",
      company: "Acme, Inc.",
      position: "Head of Things; and more",
      email: "jane@example.com",
      location: "Berlin, BE, Germany",
      photo: PHOTO,
    },
  ]);
});

test("version 2.1, as old phones write it: bare parameters, quoted-printable, charsets", async () => {
  const { rows, refused } = await read(
    Buffer.from(
      card(
        "VERSION:2.1",
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller-Sehr-Langer-Nachname;=",
        "J=C3=BCrgen;;;",
        "ORG;CHARSET=ISO-8859-1:Caf\xe9",
        "TITLE:Gr\xfc\xdfer",
        "TEL;CELL;VOICE:+49 1",
        "EMAIL;INTERNET;PREF:j@example.com",
        "URL;WORK:http://de.linkedin.com/in/J%C3%BCrgen-m/",
        "PHOTO;JPEG;ENCODING=BASE64:",
        ...(BASE64.match(/.{1,60}/g) ?? []).map((part) => ` ${part}`),
        "",
        "X-AFTER:1",
      ),
      "latin1",
    ),
  );
  expect(refused).toEqual([]);
  expect(rows).toMatchObject([
    {
      username: "jürgen-m",
      firstName: "Jürgen",
      lastName: "Müller-Sehr-Langer-Nachname",
      company: "Café",
      position: "Grüßer",
      email: "j@example.com",
      photo: PHOTO,
    },
  ]);
});

test("version 4.0: data: and https photos, SOCIALPROFILE, quoted parameters", async () => {
  const { rows, refused } = await read(
    card(
      "VERSION:4.0",
      "FN:Jane Q. Doe",
      'SOCIALPROFILE;SERVICE-TYPE=LinkedIn;LABEL="a: b, c":https://www.linkedin.com/in/janedoe',
      folded(`PHOTO:data:image/jpeg;base64,${BASE64}`),
    ) +
      card(
        "VERSION:4.0",
        "FN:Max",
        'SOCIALPROFILE;SERVICE-TYPE=LinkedIn;USERNAME="maxmuster";VALUE=text:maxmuster',
        "PHOTO;VALUE=uri:https://example.com/max.jpg?a=1\\,2",
      ),
  );
  expect(refused).toEqual([]);
  expect(rows).toMatchObject([
    { where: "card 1 (line 1)", username: "janedoe", firstName: "Jane Q.", lastName: "Doe", photo: PHOTO },
    { username: "maxmuster", firstName: "Max", photo: { url: "https://example.com/max.jpg?a=1,2" } },
  ]);
});

test.each([
  "X-SOCIALPROFILE;type=linkedin;x-user=janedoe:http://www.linkedin.com/in/janedoe",
  "X-SOCIALPROFILE;type=linkedin:x-apple:janedoe",
  "X-SOCIALPROFILE;TYPE=LinkedIn;X-USER=janedoe:x-apple:Jane Doe",
  "X-SOCIALPROFILE:https://linkedin.com/in/janedoe",
  "IMPP;X-SERVICE-TYPE=LinkedIn;type=HOME:x-apple:janedoe",
  "X-LINKEDIN:janedoe",
  "X-LinkedIn-URL:www.linkedin.com/in/janedoe",
  "URL;TYPE=LinkedIn:janedoe",
  "URL:https://www.linkedin.com/company/acme\r\nURL:linkedin.com/in/janedoe",
  "URL:https://www.linkedin.com/\r\n in/janedoe",
  "item1.X-ABLabel:LinkedIn\r\nitem1.URL:janedoe",
  "a line that is no property\r\nurl:linkedin.com/in/janedoe",
])("the LinkedIn address is found in %j", async (lines) => {
  const { rows } = await read(card("VERSION:3.0", "FN:x", lines));
  expect(rows.map(({ username }) => username)).toEqual(["janedoe"]);
});

test("bad cards are refused by number and line, and the good ones import", async () => {
  const jane = "URL:https://www.linkedin.com/in/janedoe";
  const { rows, refused } = await read(
    [
      card("VERSION:3.0", "FN:No Address", "URL:https://acme.example"),
      card("VERSION:3.0", "FN:Sal Nav", "URL:https://www.linkedin.com/sales/lead/1"),
      "stray text\r\n",
      "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Never Ends\r\n",
      card(
        "VERSION:2.1",
        "FN:Has Agent",
        "AGENT:",
        "BEGIN:VCARD",
        "FN:Agent",
        "URL:linkedin.com/in/agent",
        "END:VCARD",
        jane,
      ),
      card("FN:Bad Photo", "URL:linkedin.com/in/badphoto", "PHOTO;ENCODING=b:!!!!"),
      card(
        "FN:Text Photo",
        "URL:linkedin.com/in/textphoto",
        `PHOTO;ENCODING=b:${Buffer.from("hello").toString("base64")}`,
      ),
      card("FN:Http Photo", "URL:linkedin.com/in/httpphoto", "PHOTO;VALUE=uri:http://example.com/x.jpg"),
      "begin:vcard\nFN:Cut Off\nURL:linkedin.com/in/cutoff\n",
    ].join(""),
  );
  expect(rows.map(({ where, username }) => [where, username])).toEqual([
    ["card 4 (line 15)", "janedoe"],
    ["card 5 (line 25)", "badphoto"],
    ["card 6 (line 30)", "textphoto"],
    ["card 7 (line 35)", "httpphoto"],
  ]);
  expect(refused).toEqual([
    { where: "card 1 (line 1)", value: "No Address", problem: "has no LinkedIn address" },
    {
      where: "card 2 (line 9), URL",
      value: "https://www.linkedin.com/sales/lead/1",
      problem: "is a Sales Navigator or Recruiter address; only the public profile's address names a person",
    },
    { where: "card 3 (line 12)", value: "Never Ends", problem: "has no END:VCARD before line 15" },
    { where: "card 5 (line 28), PHOTO", value: "!!!!", problem: "is not base64" },
    {
      where: "card 6 (line 33), PHOTO",
      value: "aGVsbG8=",
      problem: "is not a JPEG, PNG, WebP, AVIF or GIF picture: it looks like text",
    },
    {
      where: "card 7 (line 38), PHOTO",
      value: "http://example.com/x.jpg",
      problem: "is an address that does not begin with https://",
    },
    { where: "card 8 (line 40)", value: "Cut Off", problem: "has no END:VCARD: the file ends in the middle of it" },
  ]);
});

test("a photo over the limit and a card over the limit cost only themselves", async () => {
  const large = jpegLike(1, MAX_PHOTO_BYTES + 3).toString("base64");
  const { rows, refused } = await read(
    card("URL:linkedin.com/in/largephoto", `PHOTO;ENCODING=b:${large}`) +
      card("URL:linkedin.com/in/hugecard", `PHOTO;ENCODING=b:${large}${large}`) +
      card("URL:linkedin.com/in/janedoe", `PHOTO;ENCODING=b:${jpegLike(1, MAX_PHOTO_BYTES - 3).toString("base64")}`),
  );
  expect(rows.map(({ username, photo }) => [username, photo instanceof Uint8Array])).toEqual([
    ["largephoto", false],
    ["janedoe", true],
  ]);
  expect(refused.map(({ where, problem }) => [where, problem])).toEqual([
    ["card 1 (line 3), PHOTO", "is 5.1 MB; the limit is 5 MB"],
    ["card 2 (line 5)", "is larger than 8 MB"],
  ]);
});

test.each(["\n", "\r", "\r\n"])("lines may end with %j", async (end) => {
  const { rows } = await read(card("FN:Jane", "URL:linkedin.com/in/", " janedoe").replaceAll("\r\n", end));
  expect(rows.map(({ username }) => username)).toEqual(["janedoe"]);
});

test("UTF-16 and UTF-8 with a byte order mark are read", async () => {
  const text = `\ufeff${card("N:Müller;李", "URL:linkedin.com/in/müller")}`;
  for (const bytes of [Buffer.from(text), Buffer.from(text, "utf16le"), Buffer.from(text, "utf16le").swap16()]) {
    const { rows } = await read(bytes);
    expect(rows).toMatchObject([{ username: "müller", firstName: "李", lastName: "Müller" }]);
  }
});

test("binary data breaks the file before any card is given; no card at all is no vCard file", async () => {
  const broken = openVCards(files.write("broken.vcf", `${card("URL:linkedin.com/in/janedoe")}\0\0`));
  await expect(broken).rejects.toMatchObject({ code: "file_broken", fields: { where: "line 4" } });
  const none = openVCards(files.write("none.vcf", "hello"));
  await expect(none).rejects.toMatchObject({ code: "file_not_recognized" });
});

test("any content of a card gives a person or a refusal, never a throw", async () => {
  const piece = fc.constantFrom(
    ..."AB:;=,\\\"^'. \t\r\n%",
    "URL",
    "PHOTO",
    "N:",
    "ENCODING=Q",
    "ENCODING=b",
    "QUOTED-PRINTABLE",
    "linkedin.com/in/",
    "janedoe",
    "CHARSET=",
    "x-none",
    "item1.",
    "X-ABLabel:LinkedIn",
    "data:",
    "base64,",
    "=C3",
    "ü",
    "🚀",
    "AGENT:",
    "BEGIN:VCARD",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
      const { rows, refused } = await read(card("VERSION:3.0", pieces.join("")));
      expect(rows.length + refused.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});
