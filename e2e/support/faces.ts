import sharp from "sharp";
import { drawFace, PORTRAIT } from "../../lib/avatars/photos/drawn-face.fixture.ts";

/** People who exist nowhere, with faces drawn by code: file name of the photo → what sets them apart. */
const PEOPLE = {
  "ada-brook": { skin: "#d9a07a", hair: "#3b2417", background: "#8fa3b3" },
  "tomas-lind": { skin: "#f0c6a0", hair: "#b5803a", background: "#c9b79c" },
  "imani-cole": { skin: "#7a4a2c", hair: "#1c1410", background: "#a8b89a" },
} as const;

export type InventedPerson = keyof typeof PEOPLE;

export const INVENTED_PEOPLE = Object.keys(PEOPLE) as InventedPerson[];

/** A portrait of an invented person: JPEG, 400 x 500. */
export async function portraitOf(person: InventedPerson): Promise<Buffer> {
  return drawFace({ ...PORTRAIT, ...PEOPLE[person] })
    .jpeg({ quality: 92 })
    .toBuffer();
}

/** Which of the invented people a picture looks most like. */
export async function whoIs(picture: Buffer): Promise<InventedPerson> {
  const differences = await Promise.all(
    INVENTED_PEOPLE.map(async (person) => differenceOf(picture, await portraitOf(person))),
  );
  return INVENTED_PEOPLE[differences.indexOf(Math.min(...differences))] as InventedPerson;
}

/** Mean difference of the colours (0-255) of two pictures brought to one size. */
async function differenceOf(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map((picture) => sharp(picture).resize(32, 32, { fit: "fill" }).removeAlpha().raw().toBuffer()),
  );
  let sum = 0;
  for (const [index, value] of (a as Buffer).entries()) sum += Math.abs(value - Number((b as Buffer)[index]));
  return sum / (a as Buffer).length;
}
