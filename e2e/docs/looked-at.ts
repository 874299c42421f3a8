import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Browser, chromium } from "playwright";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { BROWSER_ARGUMENTS, findChromium } from "../support/browser.ts";
import { INVENTED_PEOPLE, whoIs } from "../support/faces.ts";
import { ROOT } from "../support/installation.ts";

const WIDTH = 64;

/** Renders the one component of a module as a page's own code would use it. */
export async function renderComponent(code: string): Promise<string> {
  if (code.trim().split("\n").length >= 25) throw new Error("the component is not tiny any more");
  const folder = path.join(ROOT, "test-results", `component-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, "component.tsx");
  try {
    await writeFile(file, code);
    const { Avatar } = await import(/* @vite-ignore */ file);
    return renderToStaticMarkup(createElement(Avatar, { username: "janedoe", name: "Jane Doe" }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Looks at HTML in Chromium, on a plain screen and on one with twice the pixels: each `<img>` shows Jane Doe's face at the size
 * it says, is called by her name, and keeps its place before it is there.
 */
export async function lookAt(html: string): Promise<string> {
  const browser = await chromium.launch({ executablePath: findChromium() ?? "", args: BROWSER_ARGUMENTS });
  try {
    for (const density of [1, 2]) await lookOn(browser, html, density);
  } finally {
    await browser.close();
  }
  return "";
}

async function lookOn(browser: Browser, html: string, density: number): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: density });
  const fetched: string[] = [];
  const statuses: unknown[] = [];
  page.on("response", (response) => {
    if (!response.url().includes("/v1/avatar?")) return;
    fetched.push(response.url());
    statuses.push(response.headers()["x-avatar-status"]);
  });
  await page.setContent(`<!doctype html><title>A product</title>${html}`, { waitUntil: "networkidle" });
  const image = page.getByRole("img", { name: "Jane Doe" });
  const { shown, drawn, responsive } = await image.evaluate((element) => {
    const one = element as unknown as { width: number; height: number; naturalWidth: number; srcset: string };
    return { shown: [one.width, one.height], drawn: one.naturalWidth, responsive: one.srcset !== "" };
  });
  if (shown.join() !== `${WIDTH},${WIDTH}`) throw new Error(`it is ${shown} pixels on the page`);
  // `naturalWidth` is in CSS pixels of the candidate that was chosen.
  if (responsive && drawn !== WIDTH) throw new Error(`the picture is ${drawn} pixels of the page wide`);
  const size = new URL(fetched[0] ?? "").searchParams.get("size");
  const wanted = responsive ? String(WIDTH * density) : "128";
  if (fetched.length !== 1 || size !== wanted) throw new Error(`at ${density}x it fetched ${fetched.join(" and ")}`);
  // Initials look like somebody too, to whoever only compares faces.
  if (statuses.join() !== "resolved") throw new Error(`its photo is ${statuses.join() || "not asked for"}`);
  const face = await whoIs(await image.screenshot());
  if (face !== INVENTED_PEOPLE[0]) throw new Error(`it shows ${face}`);
  await page.close();
}
