import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { INVENTED_PEOPLE, portraitOf } from "./faces.ts";
import { type Installation, removeData, startInstallation } from "./installation.ts";

export type PeopledInstallation = {
  installation: Installation;
  organizationId: string;
  /** A publishable key of that workspace. */
  key: string;
  remove(): Promise<void>;
};

/**
 * An installation whose first workspace has imported the invented people, and waits for owner@example.com; with further
 * settings, if need be.
 */
export async function peopledInstallation(environment: Record<string, string> = {}): Promise<PeopledInstallation> {
  const installation = await startInstallation({
    environment: { AVTRZ_OWNER_EMAIL: "owner@example.com", ...environment },
  });
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-faces-"));
  for (const person of INVENTED_PEOPLE) await writeFile(path.join(folder, `${person}.jpg`), await portraitOf(person));
  await installation.avtrz("people", "import", folder);
  await rm(folder, { recursive: true });
  const { organizations } = await installation.avtrz<{ organizations: { id: string }[] }>("org", "list");
  const { keys } = await installation.avtrz<{ keys: { key: string }[] }>("key", "list");
  if (!organizations[0] || !keys[0]) throw new Error("the first workspace is missing");
  return {
    installation,
    organizationId: organizations[0].id,
    key: keys[0].key,
    async remove() {
      await installation.stop();
      await removeData(installation);
    },
  };
}
