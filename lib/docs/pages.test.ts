import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CATALOG } from "../platform/errors.ts";
import { PAGE_NAMES } from "./contents.ts";
import { loadPages } from "./load-page.ts";
import { render } from "./render.ts";

const PUBLIC_URL = "https://avatars.example.org";
/** For those who read the repository. */
const NOT_PAGES = ["benchmarks"];
/** They tell what is the same everywhere. */
const OF_NO_INSTALLATION = ["errors", "personas-retrieval", "storage"];

const pages = await loadPages(PUBLIC_URL);
const anchors = new Map(pages.map((page) => [page.name as string, render(page.body).headings.map(({ id }) => id)]));

test("every file of docs/ is a page that the contents list", async () => {
  const files = (await readdir("docs")).filter((file) => file.endsWith(".md")).map((file) => file.slice(0, -3));
  expect(files.filter((file) => !NOT_PAGES.includes(file)).sort()).toEqual([...PAGE_NAMES].sort());
});

test("what only this installation knows is filled in", () => {
  for (const { name, markdown } of pages) {
    expect(markdown, name).not.toMatch(/\{\{|\}\}/);
    const own = markdown.includes(PUBLIC_URL);
    expect(own || OF_NO_INSTALLATION.includes(name), `${name} names no address of this installation`).toBe(true);
  }
});

test("every link and anchor leads somewhere", () => {
  for (const { name, body } of pages) {
    for (const [, target = ""] of body.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [, page = name, anchor] = /^([\w-]+\.md)?(?:#(.+))?$/.exec(target) ?? [];
      if (/^(https:|\/|cursor:|vscode:)/.test(target)) continue;
      const known = anchors.get(page.replace(/\.md$/, ""));
      expect(known, `${name}: ${target}`).toBeDefined();
      if (anchor) expect(known, `${name}: ${target}`).toContain(anchor);
    }
  }
});

test("each code of the catalogue has an anchor of its own", () => {
  const codes = anchors.get("errors")?.filter((anchor) => !/^\d/.test(anchor)) ?? [];
  expect(codes.toSorted()).toEqual(Object.keys(CATALOG).toSorted());
});

test("titles and summaries are short enough for lists, and unlike each other", () => {
  expect(new Set(pages.map(({ title }) => title)).size).toBe(pages.length);
  for (const { name, title, summary } of pages) {
    expect(title.length, name).toBeLessThan(30);
    expect(summary.length, name).toBeLessThan(200);
    expect(summary, name).toMatch(/\.$/);
  }
});

test("a link that adds a connector carries this installation's address", async () => {
  const text = pages.map(({ body }) => body).join("\n");
  const cursor = new URL(/\((cursor:[^)]+)\)/.exec(text)?.[1] ?? "");
  expect(cursor.searchParams.get("name")).toBe("avtrz");
  expect(JSON.parse(atob(cursor.searchParams.get("config") ?? ""))).toEqual({ url: `${PUBLIC_URL}/mcp` });
  const vscode = /\(vscode:mcp\/install\?([^)]+)\)/.exec(text)?.[1] ?? "";
  expect(JSON.parse(decodeURIComponent(vscode))).toEqual({ name: "avtrz", type: "http", url: `${PUBLIC_URL}/mcp` });
});

test("the README's table of settings and the page's have the same rows", async () => {
  const page = pages.find(({ name }) => name === "self-hosting")?.body ?? "";
  const rows = (text: string) =>
    [...text.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, name, about]) => [name, about]);
  expect(rows(page).length).toBeGreaterThan(30);
  expect(rows(page)).toEqual(rows(await readFile("README.md", "utf8")));
});
