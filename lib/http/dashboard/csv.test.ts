import { expect, test } from "vitest";
import { csvOfPages, csvResponse } from "./csv.ts";

async function* rows() {
  yield ["Ada", 12, null];
  yield ['say "hi", you', 0, "two\nlines"];
  yield ["=HYPERLINK(1)", 1, "@cmd"];
}

test("a CSV quotes what must be quoted and lets nothing run in a spreadsheet", async () => {
  const response = csvResponse("people", ["Name", "Units", "Note"], rows());
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="people.csv"');
  expect(Buffer.from(await response.arrayBuffer()).toString("utf8")).toBe(
    '\uFEFFName,Units,Note\r\nAda,12,\r\n"say ""hi"", you",0,"two\nlines"\r\n\'=HYPERLINK(1),1,\'@cmd\r\n',
  );
});

test("a list is sent page by page to its end, and who may not read it is told so before any of it is", async () => {
  const pages: Record<string, { items: string[]; next: string | null }> = {
    "": { items: ["a", "b"], next: "2" },
    "2": { items: [], next: "3" },
    "3": { items: ["c"], next: null },
  };
  const whole = await csvOfPages(
    "x",
    ["Letter"],
    async (cursor = "") => pages[cursor] ?? { items: [], next: null },
    (item) => [item],
  );
  expect(Buffer.from(await whole.arrayBuffer()).toString("utf8")).toBe("\uFEFFLetter\r\na\r\nb\r\nc\r\n");
  const refused = csvOfPages(
    "x",
    ["Letter"],
    () => Promise.reject(new Error("not yours")),
    () => [],
  );
  await expect(refused).rejects.toThrow("not yours");
});
