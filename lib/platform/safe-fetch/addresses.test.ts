import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./addresses.ts";

/** First and last address of each block of IANA's IPv4 special-purpose registry, and of multicast. */
const SPECIAL_V4: [string, string][] = [
  ["0.0.0.0", "0.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.0", "127.255.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.0.0.0", "192.0.0.255"],
  ["192.0.2.0", "192.0.2.255"],
  ["192.31.196.0", "192.31.196.255"],
  ["192.52.193.0", "192.52.193.255"],
  ["192.88.99.0", "192.88.99.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["192.175.48.0", "192.175.48.255"],
  ["198.18.0.0", "198.19.255.255"],
  ["198.51.100.0", "198.51.100.255"],
  ["203.0.113.0", "203.0.113.255"],
  ["224.0.0.0", "239.255.255.255"],
  ["240.0.0.0", "255.255.255.255"],
  ["168.63.129.16", "168.63.129.16"],
];

/** The same for IPv6, with multicast, site-local and the forms that hide IPv4. */
const SPECIAL_V6 = [
  ["::", "::1"],
  ["::7f00:1", "::ffff"],
  ["::ffff:0:0:0", "::ffff:0:ffff:ffff"],
  ["64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["100::", "100::ffff:ffff:ffff:ffff"],
  ["100:0:0:1::", "100::1:ffff:ffff:ffff:ffff"],
  ["2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:1::1", "2001:1::3"],
  ["2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"],
  ["2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"],
  ["2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:1ff::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
  ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["4000::", "5f00::1"],
  ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1"],
];

const numberOf = (address: string) => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join(".");
const hex = (value: number) => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
const isSpecial = (value: number) => SPECIAL_V4.some(([from, to]) => value >= numberOf(from) && value <= numberOf(to));
const isPublic = (address: string) => refusalOf(address) === null;

/** Any IPv4 address, half of them at the edges of special blocks and one step outside. */
const anyV4 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc
    .tuple(fc.constantFrom(...SPECIAL_V4.flat()), fc.constantFrom(-1, 0, 1))
    .map(([edge, step]) => (numberOf(edge) + step) >>> 0),
);
const anyWord = fc.integer({ min: 0, max: 0xffff });

describe("which addresses are public (H-IMG-82, H-CIMD-42)", () => {
  test.each(SPECIAL_V4)("IPv4 block %s to %s is refused", (from, to) => {
    expect([refusalOf(from), refusalOf(to)]).not.toContain(null);
  });

  test.each(SPECIAL_V6)("IPv6 block %s to %s is refused", (from, to) => {
    expect([refusalOf(from), refusalOf(to)]).not.toContain(null);
  });

  test.each(["93.184.216.34", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450::1", "64:ff9b::5db8:d822"])(
    "%s is public",
    (address) => {
      expect(refusalOf(address)).toBeNull();
    },
  );

  test("an IPv4 address is public exactly when it is in no special block", () => {
    fc.assert(fc.property(anyV4, (value) => isPublic(dotted(value)) === !isSpecial(value)));
  });

  test("an IPv4 address mapped or translated into IPv6 is judged as itself", () => {
    fc.assert(
      fc.property(anyV4, fc.constantFrom("::ffff:", "64:ff9b::"), (value, prefix) => {
        expect(isPublic(prefix + hex(value))).toBe(!isSpecial(value));
        expect(isPublic(prefix + dotted(value))).toBe(!isSpecial(value));
      }),
    );
  });

  test("an IPv4 address hidden by 6to4, Teredo, compatible, ISATAP or local NAT64 forms is refused, whatever it is", () => {
    fc.assert(
      fc.property(anyV4, anyWord, (value, word) => {
        const hidden = [
          `2002:${hex(value)}::${word.toString(16)}`,
          `2001:0:${hex(value)}:0:${word.toString(16)}:${hex(~value >>> 0)}`,
          `::${hex(value)}`,
          `2606:4700:0:${word.toString(16)}:0:5efe:${hex(value)}`,
          `64:ff9b:1::${hex(value)}`,
        ];
        expect(hidden.filter(isPublic)).toEqual([]);
      }),
    );
  });

  test("every spelling that a web address allows for an IPv4 address is judged as the address itself", () => {
    const octal = (value: number) => `0${value.toString(8)}`;
    const hexadecimal = (value: number) => `0x${value.toString(16)}`;
    const spelling = fc.constantFrom(String, octal, hexadecimal);
    fc.assert(
      fc.property(anyV4, spelling, spelling, fc.integer({ min: 1, max: 4 }), (value, first, rest, parts) => {
        const octets = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
        const head = octets.slice(0, parts - 1);
        const tail = octets.slice(parts - 1).reduce((sum, octet) => sum * 256 + octet, 0);
        const spelled = [...head.map(first), rest(tail)].join(".");
        expect(isPublic(new URL(`https://${spelled}/`).hostname)).toBe(!isSpecial(value));
      }),
    );
  });

  test("what lies outside the global unicast space is refused, except IPv4 in the two honest forms", () => {
    fc.assert(
      fc.property(fc.array(anyWord, { minLength: 8, maxLength: 8 }), (words) => {
        const address = words.map((word) => word.toString(16)).join(":");
        if (((words[0] ?? 0) & 0xe000) !== 0x2000) expect(isPublic(address)).toBe(false);
      }),
    );
  });

  test("what is not an address in plain form is refused and never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => !isPublic(text)));
    for (const text of ["", "0x7f.1", "2130706433", "127.1", "[::1]", "1.1.1.1 ", "2606:4700::1%eth0", "localhost"]) {
      expect(refusalOf(text)).not.toBeNull();
    }
  });
});
