import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Installation } from "../support/installation.ts";
import { drawPhoto } from "../support/photos.ts";
import type { Target } from "./measure.ts";

const PEOPLE = 20;

/** Imports people with photos, and names the addresses to measure: a metered, firewalled warm hit, and its picture. */
export async function prepareWorkspace(installation: Installation, where: string): Promise<Target[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-bench-"));
  for (let i = 0; i < PEOPLE; i++)
    await writeFile(path.join(folder, `bench-person-${i}.jpg`), await drawPhoto({ seed: i / PEOPLE }));
  const { id } = await installation.avtrz<{ id: string }>("org", "create", "Bench");
  await installation.avtrz("people", "import", folder, "--org", id);
  await rm(folder, { recursive: true });
  const create = ["key", "create", "--org", id, "--type", "publishable", "--domains", "app.example.com"];
  const { key } = await installation.avtrz<{ key: string }>(...create);
  const url = `${installation.url}/v1/avatar?${new URLSearchParams({ key, linkedin_url: "https://www.linkedin.com/in/bench-person-1", size: "128" })}`;
  const headers = { origin: "https://app.example.com", accept: "image/webp,image/*;q=0.8" };
  const answer = await fetch(url, { headers, redirect: "manual" });
  const location = answer.headers.get("location");
  if (!location) throw new Error(`the warm address answered ${answer.status}: ${await answer.text()}`);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    { name: `/v1/avatar, metered, ${where}`, url, status: 302, headers: lines },
    { name: `/cdn, ${where}`, url: installation.url + location, status: 200 },
  ];
}
