import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createFolderStore, indexDirectory, openAvatarFolder, processFolder } from "../../lib/personas/index.ts";
import { CONFIG } from "../support/avatar.ts";
import { INVENTED_PEOPLE, portraitOf } from "../support/faces.ts";
import { type Installation, removeData, startInstallation } from "../support/installation.ts";
import { ON_HARBOURS, ON_SALT } from "../support/personas.ts";
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

const CONTACTS = `Datensatz-ID;Vorname;Nachname;Rang;Notiz;LinkedIn-URL
1;Anna;Lim;Direktorin;x;https://www.linkedin.com/in/annalim
2;Sal;Nav;;;https://www.linkedin.com/sales/lead/ACwAAA
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
  await writeFile(path.join(home, "Downloads", "contacts.csv"), CONTACTS);
  const team = path.join(home, "Pictures", "team");
  await mkdir(team);
  await writeFile(path.join(team, "IMG_1.jpg"), await portraitOf(INVENTED_PEOPLE[3] ?? "ada-brook"));
  await writeFile(path.join(team, "people.csv"), "file,LinkedIn URL\nimg_1.jpg,linkedin.com/in/annalim\n");
  for (const [name, index] of Object.entries(PHOTOS)) {
    await writeFile(path.join(faces, `${name}.jpg`), await portraitOf(INVENTED_PEOPLE[index] ?? "ada-brook"));
  }
  // As the terminal shows them.
  const [link = ""] = /http\S+\/sign-in\/link\?\S+/.exec(installation.output()) ?? [];
  const [publishable = ""] = /pk_live_\w+/.exec(installation.output()) ?? [];
  const [secret, { id: persona }] = await Promise.all([
    installation.avtrz<{ key: string }>("key", "create", "--type", "secret"),
    installation.avtrz<{ id: string }>("persona", "create", "Ann Lee"),
    prepareWritings(home),
  ]);
  await give(installation.url, secret.key, persona);
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
        .replaceAll("YOUR_ACCESS_TOKEN", token)
        .replaceAll("per_YOUR_AVATAR", persona)
        .replaceAll("/path/to/avatars", path.join(home, "prepared")),
    async leave() {
      await installation.stop();
      await removeData(installation);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The writings that the pages speak of, and an avatar in a folder that has them. The pages' own samples make others. */
async function prepareWritings(home: string): Promise<void> {
  const documents = path.join(home, "Documents");
  await mkdir(documents);
  await writeFile(path.join(documents, "essays.md"), ON_SALT);
  await writeFile(path.join(documents, "letters.md"), ON_HARBOURS);
  const question = {
    id: "q1",
    kind: "answerable",
    question: "Why is the salt tax unjust?",
    gold: [{ document_id: "essays", quote: "The tax on salt falls on the poor" }],
  };
  await writeFile(path.join(documents, "questions.jsonl"), JSON.stringify(question));
  const avatars = path.join(home, "prepared");
  const corpus = path.join(avatars, "mary-field/corpus");
  await mkdir(corpus, { recursive: true });
  await writeFile(
    path.join(corpus, "../config.json"),
    JSON.stringify({ ...CONFIG, id: "mary-field", name: "Mary Field" }),
  );
  await writeFile(path.join(corpus, "essays.md"), ON_SALT);
  const folder = await openAvatarFolder(avatars, "mary-field");
  await processFolder(folder, createFolderStore(indexDirectory(folder), folder.id));
}

/** Gives the workspace's avatar its essays, and waits until they are read, by the running server. */
async function give(publicUrl: string, key: string, persona: string): Promise<void> {
  const address = `${publicUrl}/v1/personas/${persona}`;
  const headers = { "x-api-key": key };
  await fetch(`${address}/sources?file_name=essays.md&title=Essays&year=1755`, {
    method: "POST",
    headers,
    body: ON_SALT,
  });
  for (let status = "reading"; status !== "ready"; await sleep(200)) {
    ({ status } = (await (await fetch(address, { headers })).json()) as { status: string });
  }
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
    claude: String.raw`[[ "$*" =~ ^mcp\ add\ --transport\ http\ [a-z-]+\ (http[^\ ]+)$ ]]`,
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
