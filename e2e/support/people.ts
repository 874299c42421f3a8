import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ImportReport } from "../../lib/avatars/index.ts";
import type { Services } from "../../lib/services.ts";
import { drawPhoto } from "./photos.ts";
import { newUsername, workspace } from "./services.ts";

/** Imports files of given names and contents as one folder of photos. */
export async function importPhotos(
  services: Services,
  organizationId: string,
  files: Record<string, Uint8Array>,
): Promise<ImportReport> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-photos-"));
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
    return await services.people.import(organizationId, folder, "test");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Imports one person's photo. */
export async function importPhoto(
  services: Services,
  organizationId: string,
  username: string,
  photo: Uint8Array,
): Promise<void> {
  const report = await importPhotos(services, organizationId, { [`${username}.jpg`]: photo });
  if (report.photos !== 1) throw new Error(`the photo was refused: ${JSON.stringify(report.refused)}`);
}

/** Imports a text as a file of that name (a CSV, a vCard). */
export async function importText(
  services: Services,
  organizationId: string,
  name: string,
  text: string,
): Promise<ImportReport> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-import-"));
  try {
    await writeFile(path.join(folder, name), text);
    return await services.people.import(organizationId, path.join(folder, name), "test");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A photo of somebody in a workspace of its own; `address` is `/cdn/<sha256>`. */
export async function storedPhoto(
  services: Services,
): Promise<{ address: string; username: string; organizationId: string }> {
  const { id } = await workspace(services);
  const username = newUsername();
  await importPhoto(services, id, username, await drawPhoto());
  const resolved = await services.avatars.resolve(id, username);
  return { address: `/cdn/${resolved.photo?.sha256}`, username, organizationId: id };
}
