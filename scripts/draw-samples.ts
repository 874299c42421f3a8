/**
 * Draws the portraits of the sample people (lib/avatars/samples), who exist nowhere: `node scripts/draw-samples.ts`. What it
 * draws is kept in the repository; run it again only to change how they look.
 */
import path from "node:path";
import sharp from "sharp";

type Look = {
  ground: string;
  skin: string;
  hair: string;
  clothes: string;
  style: "bob" | "short" | "curls" | "side" | "long" | "scarf" | "bald" | "bun";
  beard?: boolean;
  glasses?: boolean;
};

const FACE = "M154 236c0-78 44-122 102-122s102 44 102 122c0 76-46 146-102 146s-102-70-102-146z";

const PEOPLE: Readonly<Record<string, Look>> = {
  "ada-brook": { ground: "#cfd8e3", skin: "#e8b996", hair: "#5a3522", clothes: "#34506e", style: "bob", glasses: true },
  "tomas-lind": {
    ground: "#ecdcc3",
    skin: "#f1cbaa",
    hair: "#c58f4a",
    clothes: "#f6f1e7",
    style: "short",
    beard: true,
  },
  "imani-cole": { ground: "#bfe0dc", skin: "#8a5636", hair: "#231712", clothes: "#d9733f", style: "curls" },
  "rafael-ortega": {
    ground: "#e4cfd6",
    skin: "#cf9a70",
    hair: "#2b201c",
    clothes: "#3b3a45",
    style: "side",
    beard: true,
  },
  "mei-tan": { ground: "#d9e4c4", skin: "#efc9a4", hair: "#1d1b20", clothes: "#7a8f4e", style: "long" },
  "noor-aziz": { ground: "#d7d0ea", skin: "#d9a780", hair: "#5d6fa3", clothes: "#40507f", style: "scarf" },
  "oskar-wolny": {
    ground: "#d5d9d4",
    skin: "#edc3a3",
    hair: "#a9a39c",
    clothes: "#6b4a3a",
    style: "bald",
    beard: true,
    glasses: true,
  },
  "leila-moss": { ground: "#f2d9b8", skin: "#c58c62", hair: "#7b2f24", clothes: "#2f6b55", style: "bun" },
};

const directory = path.join(import.meta.dirname, "../lib/avatars/samples");
for (const [name, look] of Object.entries(PEOPLE)) {
  await sharp(Buffer.from(portrait(look)))
    .webp({ quality: 82 })
    .toFile(path.join(directory, `${name}.webp`));
}

function portrait(look: Look): string {
  const { ground, skin, hair, clothes, style } = look;
  const shade = "rgba(60,25,10,.16)";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512">
  <defs>
    <linearGradient id="g" x2="0" y2="1"><stop stop-color="#fff" stop-opacity=".55"/><stop offset="1" stop-color="#000" stop-opacity=".06"/></linearGradient>
    <clipPath id="face"><path d="${FACE}"/></clipPath>
  </defs>
  <rect width="512" height="512" fill="${ground}"/><rect width="512" height="512" fill="url(#g)"/>
  ${behind(style, hair)}
  <path d="M60 512c6-92 84-124 148-134h96c64 10 142 42 148 134z" fill="${clothes}"/>
  <path d="M206 376c14 44 86 44 100 0l-6-70h-88z" fill="${skin}"/><path d="M212 330c22 34 66 34 88 0l2 26c-24 30-68 30-92 0z" fill="${shade}"/>
  <ellipse cx="152" cy="254" rx="17" ry="28" fill="${skin}"/><ellipse cx="360" cy="254" rx="17" ry="28" fill="${skin}"/>
  <path d="${FACE}" fill="${skin}"/>
  <g clip-path="url(#face)"><path d="M256 120c70 0 112 60 112 140s-40 130-112 130c60-20 84-70 84-130s-28-120-84-140z" fill="${shade}"/>
  ${look.beard ? `<path d="M146 262c12 30 22 38 44 40 24-18 108-18 132 0 22-2 32-10 44-40v150H146z" fill="${hair}"/><path d="M214 322c20-12 64-12 84 0-8 26-76 26-84 0z" fill="${skin}"/>` : ""}</g>
  ${[206, 306].map((x) => eye(x, style === "scarf" ? "#2b201c" : hair, style)).join("")}
  <path d="M256 246c-4 22-10 34-14 42 8 8 22 8 30 2" fill="none" stroke="rgba(90,40,20,.45)" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>
  <path d="M222 322c20 18 48 18 68 0-6 26-62 26-68 0z" fill="#fff"/><path d="M220 320c20 22 52 22 72 0" fill="none" stroke="#9b4a40" stroke-width="6" stroke-linecap="round"/>
  ${look.glasses ? `<g fill="rgba(255,255,255,.18)" stroke="#2c2a2e" stroke-width="6"><rect x="166" y="216" width="78" height="58" rx="24"/><rect x="268" y="216" width="78" height="58" rx="24"/></g><path d="M244 236c8-6 16-6 24 0" fill="none" stroke="#2c2a2e" stroke-width="6"/>` : ""}
  ${before(style, hair)}
</svg>`;
}

function eye(x: number, hair: string, style: Look["style"]): string {
  const lashes = ["bob", "long", "bun", "curls", "scarf"].includes(style);
  return `<path d="M${x - 24} 212c12-12 36-14 48-2" fill="none" stroke="${style === "bald" ? "#8d857d" : hair}" stroke-width="9" stroke-linecap="round"/>
  <ellipse cx="${x}" cy="246" rx="19" ry="13" fill="#fff"/><circle cx="${x}" cy="246" r="10.5" fill="#3a2a20"/><circle cx="${x + 4}" cy="242" r="3" fill="#fff"/>
  <path d="M${x - 20} 244c8-14 32-14 40 0" fill="none" stroke="#2b1d16" stroke-width="${lashes ? 6 : 4}" stroke-linecap="round"/>`;
}

function behind(style: Look["style"], hair: string): string {
  const shapes: Partial<Record<Look["style"], string>> = {
    bob: `<path d="M124 250c-6-110 56-166 132-166s138 56 132 166c-2 60-12 96-26 112H150c-14-16-24-52-26-112z" fill="${hair}"/>`,
    long: `<path d="M122 250c-6-114 56-170 134-170s140 56 134 170c-2 90 10 150 22 196H100c12-46 24-106 22-196z" fill="${hair}"/>`,
    curls: `<g fill="${hair}">${circles([
      [150, 170, 62],
      [200, 118, 66],
      [262, 98, 70],
      [322, 122, 66],
      [366, 176, 60],
      [136, 236, 52],
      [378, 240, 52],
      [146, 296, 40],
      [368, 298, 40],
    ])}</g>`,
    bun: `<circle cx="256" cy="74" r="50" fill="${hair}"/><path d="M136 240c-4-96 48-150 120-150s124 54 120 150z" fill="${hair}"/>`,
    scarf: `<path d="M112 262c-8-120 60-190 144-190s152 70 144 190c-2 70-20 116-4 190H116c16-74-2-120-4-190z" fill="${hair}"/>`,
  };
  return shapes[style] ?? "";
}

function before(style: Look["style"], hair: string): string {
  const shapes: Partial<Record<Look["style"], string>> = {
    bob: `<path d="M146 250c-2-84 30-122 70-130 50 30 110 34 142 30 10 24 12 60 8 100 20-120-36-170-110-170s-130 50-110 170z" fill="${hair}"/>`,
    long: `<path d="M146 262c-6-84 40-126 112-146 70 20 114 62 108 146 22-126-34-186-110-186s-132 60-110 186z" fill="${hair}"/>`,
    short: `<path d="M148 236c-14-90 38-144 112-144 66 0 118 46 104 144-6-34-14-52-26-64-50 6-120 0-150-24-22 18-34 44-40 88z" fill="${hair}"/>`,
    side: `<path d="M146 240c-16-104 40-156 116-154 70 2 118 52 104 154-6-40-12-60-24-74-30-4-90-8-130-44-32 18-56 54-66 118z" fill="${hair}"/>`,
    curls: `<g fill="${hair}">${circles([
      [176, 168, 36],
      [216, 140, 38],
      [262, 130, 38],
      [308, 142, 38],
      [342, 170, 34],
    ])}</g>`,
    bun: `<path d="M146 244c-8-96 42-146 110-146s118 50 110 146c-14-66-52-104-110-108-58 4-96 42-110 108z" fill="${hair}"/>`,
    scarf: `<path d="M132 262c-6-104 46-172 124-172s130 68 124 172c-4 74-46 134-124 146-78-12-120-72-124-146zm30-26c0 72 42 136 94 136s94-64 94-136c0-70-40-104-94-104s-94 34-94 104z" fill="${hair}"/><path d="M150 380c60 44 152 44 212 0l30 132H120z" fill="${hair}"/>`,
    bald: `<path d="M150 232c-6-20-8-44-2-66 10 20 12 40 14 62zM362 232c6-20 8-44 2-66-10 20-12 40-14 62z" fill="${hair}"/>`,
  };
  return shapes[style] ?? "";
}

function circles(all: [number, number, number][]): string {
  return all.map(([x, y, r]) => `<circle cx="${x}" cy="${y}" r="${r}"/>`).join("");
}
