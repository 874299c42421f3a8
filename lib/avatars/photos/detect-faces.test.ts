import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { decodePhoto } from "./decode-photo.ts";
import { detectFaces, type Face } from "./detect-faces.ts";
import { cutOutPortrait, type DrawnFace, drawFace, PORTRAIT } from "./drawn-face.fixture.ts";

async function facesIn(image: Sharp): Promise<Face[]> {
  return detectFaces(await decodePhoto(await image.png().toBuffer()));
}

/** Distance from where the face was drawn, as a part of its height. */
const miss = (face: Face | undefined, drawn: DrawnFace): number =>
  face
    ? Math.hypot(face.x + face.width / 2 - drawn.x, face.y + face.height / 2 - drawn.y) / drawn.faceHeight
    : Number.POSITIVE_INFINITY;

const noise = (width: number, height: number): Sharp =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (Math.imul(at, 2_654_435_761) >>> 13) & 0xff),
    { raw: { width, height, channels: 3 } },
  );

describe("detectFaces", () => {
  test("finds a face, its place and its size", async () => {
    const [face, ...others] = await facesIn(drawFace(PORTRAIT));
    expect(others).toEqual([]);
    expect(miss(face, PORTRAIT)).toBeLessThan(0.1);
    expect(face?.height).toBeGreaterThan(150);
    expect(face?.height).toBeLessThan(250);
    expect(face?.confidence).toBeGreaterThan(0.8);
  });

  test.each([
    ["dark skin", { skin: "#5a3522", hair: "#14100e" }],
    ["medium skin", { skin: "#a8714b", hair: "#14100e" }],
    ["light skin", { skin: "#f4d6c0", hair: "#c9a25e" }],
    ["a white background", { background: "#ffffff" }],
    ["a dark background", { background: "#101418" }],
  ])("finds it with %s", async (_, look) => {
    const [face] = await facesIn(drawFace({ ...PORTRAIT, ...look }));
    expect(miss(face, PORTRAIT)).toBeLessThan(0.1);
  });

  test("finds it in black and white, dim, and mirrored", async () => {
    const picture = await drawFace(PORTRAIT).png().toBuffer();
    for (const image of [sharp(picture).greyscale(), sharp(picture).linear(0.4, 0), sharp(picture).flop()])
      expect(miss((await facesIn(image))[0], PORTRAIT)).toBeLessThan(0.1);
  });

  test.each([-20, 20])("finds a head tilted by %i degrees", async (degrees) => {
    const picture = await drawFace({ width: 600, height: 600, x: 300, y: 300, faceHeight: 240 }).png().toBuffer();
    const turned = sharp(picture).rotate(degrees, { background: "#8fa3b3" });
    const { info } = await turned.clone().toBuffer({ resolveWithObject: true });
    const middle = { width: info.width, height: info.height, x: info.width / 2, y: info.height / 2, faceHeight: 240 };
    expect(miss((await facesIn(turned))[0], middle)).toBeLessThan(0.15);
  });

  test.each([
    ["small, in a wide scene", { width: 1600, height: 900, x: 1300, y: 500, faceHeight: 90 }],
    ["at the left edge", { width: 900, height: 600, x: 90, y: 300, faceHeight: 200 }],
    ["at the right edge", { width: 900, height: 600, x: 810, y: 300, faceHeight: 200 }],
    ["at the upper edge", { width: 600, height: 600, x: 300, y: 115, faceHeight: 200 }],
    ["filling the picture", { width: 200, height: 240, x: 100, y: 120, faceHeight: 220 }],
    ["in a picture of 80 pixels", { width: 80, height: 80, x: 40, y: 40, faceHeight: 40 }],
  ])("finds a face %s", async (_, drawn) => {
    expect(miss((await facesIn(drawFace(drawn)))[0], drawn)).toBeLessThan(0.2);
  });

  test("leaves a face of a few pixels to the whole scene", async () => {
    expect(await facesIn(drawFace({ width: 24, height: 24, x: 12, y: 12, faceHeight: 9 }))).toEqual([]);
  });

  test("finds several people", async () => {
    const right = { width: 500, height: 500, x: 250, y: 200, faceHeight: 200, skin: "#5a3522" };
    const pair = drawFace({ width: 1000, height: 500, x: 250, y: 230, faceHeight: 160 }).composite([
      { input: await drawFace(right).png().toBuffer(), left: 500, top: 0 },
    ]);
    const faces = await facesIn(sharp(await pair.png().toBuffer()));
    expect(faces.map((face) => Math.round(face.x / 500)).toSorted()).toEqual([0, 1]);
  });

  test("sees what is transparent as white", async () => {
    expect(miss((await facesIn(sharp(await cutOutPortrait())))[0], PORTRAIT)).toBeLessThan(0.1);
  });

  test.each([
    ["one colour", () => sharp({ create: { width: 300, height: 200, channels: 3, background: "#d9a07a" } })],
    ["noise", () => noise(320, 240)],
    ["coarse noise", () => sharp({ create: { width: 9, height: 9, channels: 3, background: "#888888" } }).resize(300)],
    [
      "a logo",
      () =>
        sharp(
          Buffer.from(
            '<svg width="300" height="300"><rect width="300" height="300" fill="#0a66c2"/><path d="M60 60h60v180h-60zM150 120h80v120h-80z" fill="#fff"/></svg>',
          ),
        ),
    ],
    ["a strip", () => noise(600, 16)],
  ])("finds no face in %s", async (_, make) => {
    expect(await facesIn(make())).toEqual([]);
  });

  test("gives the same answer for photos that come at the same time", async () => {
    const alone = await facesIn(drawFace(PORTRAIT));
    const wide = { width: 900, height: 400, x: 200, y: 200, faceHeight: 150 };
    const together = await Promise.all(
      Array.from({ length: 8 }, (_, index) => facesIn(drawFace(index % 2 ? PORTRAIT : wide))),
    );
    for (const [index, faces] of together.entries()) if (index % 2) expect(faces).toEqual(alone);
  });

  test("gives others a turn while it works", async () => {
    const photo = await decodePhoto(await noise(700, 700).png().toBuffer());
    await detectFaces(photo);
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    await detectFaces(photo);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });
});
