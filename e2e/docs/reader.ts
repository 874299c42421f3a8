import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { INVENTED_PEOPLE, portraitOf } from "../support/faces.ts";
import { type Installation, removeData, startInstallation } from "../support/installation.ts";
import { signIn, type Visitor } from "./visitor.ts";

/** A reader of the documentation who does what it says: their installation, their keys, their home directory. */
export type Reader = Visitor & {
  installation: Installation;
  /** Holds Downloads/ and Pictures/ as the pages speak of them; the shell's HOME. */
  home: string;
  /** First in PATH: stand-ins for the programs of clients. */
  programs: string;
  /** A sample with what stands for keys and tokens replaced by real ones. */
  withKeys(code: string): string;
  leave(): Promise<void>;
};

const EMAIL = "reader@example.com";
/** People the pages speak of, and whose face they get. */
const PHOTOS = { janedoe: 0, johndoe: 1, samlee: 2 };
const CONNECTIONS = `First Name,Last Name,URL,Email Address,Company,Position,Connected On
Jane,Doe,https://www.linkedin.com/in/janedoe,,Acme,VP Engineering,12 Mar 2025
John,Doe,https://www.linkedin.com/in/johndoe,,Acme,Designer,13 Mar 2025
Sam,Lee,https://www.linkedin.com/in/samlee,,Vale,Founder,14 Mar 2025
`;

/** Starts an installation by the command that the pages give. */
export async function becomeReader(startCommand: string): Promise<Reader> {
  const installation = await startInstallation({ command: startCommand, environment: { AVTRZ_OWNER_EMAIL: EMAIL } });
  try {
    return await settleIn(installation);
  } catch (error) {
    await installation.stop();
    throw error;
  }
}

async function settleIn(installation: Installation): Promise<Reader> {
  const home = await mkdtemp(path.join(tmpdir(), "avtrz-reader-"));
  const faces = path.join(home, "Pictures", "faces");
  await mkdir(faces, { recursive: true });
  await mkdir(path.join(home, "Downloads"));
  await writeFile(path.join(home, "Downloads", "Connections.csv"), CONNECTIONS);
  for (const [name, index] of Object.entries(PHOTOS)) {
    await writeFile(path.join(faces, `${name}.jpg`), await portraitOf(INVENTED_PEOPLE[index] ?? "ada-brook"));
  }
  // As the terminal shows them.
  const [link = ""] = /http\S+\/sign-in\/link\?\S+/.exec(installation.output()) ?? [];
  const [publishable = ""] = /pk_live_\w+/.exec(installation.output()) ?? [];
  const secret = await installation.avtrz<{ key: string }>("key", "create", "--type", "secret");
  const visitor = await signIn(installation.url, link);
  const token = await visitor.accessToken();
  return {
    ...visitor,
    installation,
    home,
    programs: await standIns(home, installation.url),
    withKeys: (code) =>
      code
        .replaceAll("pk_live_YOUR_KEY", publishable)
        .replaceAll("sk_live_YOUR_KEY", secret.key)
        .replaceAll("YOUR_ACCESS_TOKEN", token),
    async leave() {
      await installation.stop();
      await removeData(installation);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * Clients that cannot be had here. Each takes the address out of what it is told, and makes the first step of any
 * client: it is refused there, and finds in the refusal where to sign in.
 */
async function standIns(home: string, publicUrl: string): Promise<string> {
  const folder = path.join(home, "bin");
  await mkdir(folder);
  const told = {
    "xdg-open": "exit 0",
    open: "exit 0",
    claude: String.raw`[[ "$*" =~ ^mcp\ add\ --transport\ http\ [a-z]+\ (http[^\ ]+)$ ]]`,
    code: `[[ "$1" == --add-mcp && "$(node -p 'JSON.parse(process.argv[1]).url' "$2")" =~ ^(http.+)$ ]]`,
  };
  for (const [name, understands] of Object.entries(told)) {
    const metadata = `${publicUrl}/.well-known/oauth-protected-resource/mcp`;
    const program = `#!/usr/bin/env bash\nset -euo pipefail\n${understands}\ncurl -s -o /dev/null -D - -X POST "\${BASH_REMATCH[1]}" | grep -F '${metadata}'\n`;
    await writeFile(path.join(folder, name), program);
    await chmod(path.join(folder, name), 0o755);
  }
  return folder;
}
