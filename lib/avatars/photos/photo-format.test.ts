import { describe, expect, test } from "vitest";
import { photoFormatOf } from "./photo-format.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe("photoFormatOf", () => {
  test.each([
    ["jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF"],
    ["png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"],
    ["gif", "GIF87a"],
    ["gif", "GIF89a"],
    ["webp", "RIFF\x00\x00\x00\x00WEBPVP8 "],
    ["avif", "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1"],
    ["avif", "\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif"],
    ["avif", "\x00\x00\x00\x1cftypavis\x00\x00\x00\x00avismsf1"],
  ])("H-IMG-78: knows %s by its first bytes", (format, start) => {
    expect(photoFormatOf(bytes(start))).toBe(format);
  });

  test.each([
    ["nothing", ""],
    ["text", "hello, I am a picture"],
    ["HTML", "<!doctype html><title>x.png</title>"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["SVG after white space", "\n\n  <svg/>"],
    ["compressed SVG", "\x1f\x8b\x08\x00"],
    ["TIFF", "II*\x00\x08\x00\x00\x00"],
    ["TIFF, big-endian", "MM\x00*\x00\x00\x00\x08"],
    ["PDF", "%PDF-1.7"],
    ["HEIC", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"],
    ["MP4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"],
    ["an AVIF name outside the brands", "\x00\x00\x00\x14ftypheic\x00\x00\x00\x00mif1avif"],
    ["VIPS", "\x08\xf2\xa6\xb6"],
    ["BMP", "BM\x36\x00"],
    ["another RIFF", "RIFF\x00\x00\x00\x00WAVEfmt "],
    ["JPEG XL", "\xff\x0a"],
    ["an executable", "\x7fELF"],
  ])("H-IMG-78: does not take %s for a photo", (_, start) => {
    expect(photoFormatOf(bytes(start))).toBeNull();
  });
});
