/** A face drawn by code, for tests: shaded enough that the network takes it for one. */
import "./image-loaders.ts";
import sharp, { type Sharp } from "sharp";

export type DrawnFace = {
  readonly width: number;
  readonly height: number;
  /** Middle of the face, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Of the face, hairline to chin, in pixels. */
  readonly faceHeight: number;
  readonly skin?: string;
  readonly hair?: string;
  readonly background?: string;
};

/** Height of the face in the drawing's own units. */
const FACE_HEIGHT = 200;

export function drawnFaceSvg(drawn: DrawnFace): string {
  const { width, height, x, y, faceHeight } = drawn;
  const { skin = "#d9a07a", hair = "#3b2417", background = "#8fa3b3" } = drawn;
  const eye = (side: number): string => `<g transform="translate(${side * 31} -8)">
    <ellipse rx="18" ry="13" opacity=".18"/><ellipse rx="15" ry="8" fill="#f4efe8"/>
    <circle r="7.5" fill="#4a2f1b"/><circle r="3.5" fill="#111"/>
    <path d="M-16 -3Q0 -13 16 -3" stroke="#222" stroke-width="3" fill="none"/>
    <path d="M-20 -19Q0 -29 20 -18" stroke="${hair}" stroke-width="6" fill="none"/></g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <radialGradient id="shade" cx=".42" cy=".4" r=".7"><stop offset=".7" stop-color="${skin}"/>
      <stop offset="1" stop-opacity=".55"/></radialGradient>
    <rect width="100%" height="100%" fill="${background}"/>
    <g transform="translate(${x} ${y}) scale(${faceHeight / FACE_HEIGHT}) translate(0 -5)">
    <path d="M-150 290Q-140 150 -45 140H45Q140 150 150 290Z" fill="#2b3a55"/>
    <path d="M-32 80h64v75h-64z" fill="${skin}"/><path d="M-32 95h64v25h-64z" opacity=".25"/>
    <ellipse cy="-25" rx="92" ry="115" fill="${hair}"/>
    <ellipse cx="-76" cy="8" rx="12" ry="22" fill="${skin}"/><ellipse cx="76" cy="8" rx="12" ry="22" fill="${skin}"/>
    <ellipse cy="5" rx="75" ry="100" fill="url(#shade)"/>
    <path d="M-75 -20Q-70 -100 0 -98Q70 -100 75 -20Q50 -70 0 -68Q-50 -70 -75 -20Z" fill="${hair}"/>
    ${eye(-1)}${eye(1)}<path d="M-6 -5Q-14 32 -15 36Q0 48 15 36Q14 32 6 -5" opacity=".12"/>
    <path d="M-14 37Q-7 44 0 41Q7 44 14 37" stroke="#5b3222" stroke-width="4" fill="none"/>
    <path d="M-30 64Q0 54 30 64Q0 86 -30 64Z" fill="#a8504a"/>
    <path d="M-30 64Q0 70 30 64" stroke="#5e2522" stroke-width="3" fill="none"/></g></svg>`;
}

export function drawFace(drawn: DrawnFace): Sharp {
  return sharp(Buffer.from(drawnFaceSvg(drawn)))
    .blur(1.2)
    .removeAlpha();
}

/** A portrait of 400 x 500 with the face in its upper half. */
export const PORTRAIT: DrawnFace = { width: 400, height: 500, x: 200, y: 210, faceHeight: 200 };

/** PNG of the portrait with nothing around head and shoulders. */
export async function cutOutPortrait(): Promise<Buffer> {
  const mask = Buffer.from('<svg width="400" height="500"><ellipse cx="200" cy="260" rx="150" ry="230"/></svg>');
  return sharp(await drawFace(PORTRAIT).png().toBuffer())
    .ensureAlpha()
    .composite([{ input: mask, blend: "dest-in" }])
    .png()
    .toBuffer();
}
