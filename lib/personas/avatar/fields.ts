import { z } from "zod";

/** The kinds of values that an avatar's files have, with sentences for whoever writes them by hand. */
const expecting = (what: string) => ({
  error: ({ input }: { input: unknown }) => (input === undefined ? "is missing" : what),
});

export const text = z.string(expecting("must be text"));
export const name = text.min(1, "must not be empty");
export const texts = z.array(text, expecting("must be a list of texts"));
export const wholeNumber = z.int(expecting("must be a whole number"));
export const flag = z.boolean(expecting("must be true or false"));
export const date = text.regex(/^-?\d{4,}(-\d{2}){0,2}$/, "must be a date, such as 1776-01-10");
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, expecting("must be a list"));
export const objectOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape, expecting("must be an object"));
