import { createConnection } from "node:net";
import { readConfig } from "../lib/platform/config.ts";
import { prepareDataDirectory } from "../lib/platform/data-directory.ts";
import { embeddedLocation } from "../lib/platform/embedded-database/location.ts";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "../lib/platform/embedded-database.ts";
import { AppError, isAppError } from "../lib/platform/errors.ts";
import { migrate } from "../lib/platform/migrate.ts";
import { createServices, type Services, verifyInstallation } from "../lib/services.ts";

/** The actor that the audit log names for the command line. */
export const OPERATOR = "operator";

/**
 * Runs one command's work with the services of this installation: on DATABASE_URL, on the embedded database of a
 * running server, or on the embedded database started for just this command.
 */
export async function withServices<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const config = readConfig();
  await prepareDataDirectory(config.dataDirectory);
  let embedded: EmbeddedDatabase | undefined;
  let databaseUrl = config.databaseUrl;
  if (!databaseUrl) {
    const { socket, url } = embeddedLocation(config.dataDirectory);
    databaseUrl = url;
    embedded = await startUnlessRunning(config.dataDirectory, socket);
  }
  let services: Services | undefined;
  try {
    await migrate(databaseUrl);
    services = await createServices({ ...config, databaseUrl, logLevel: quieter(config.logLevel) }, { role: "tool" });
    await verifyInstallation(services);
    return await work(services);
  } finally {
    await services?.close();
    await embedded?.stop();
  }
}

/** The option that says which workspace. */
export const ORG_OPTION = ["--org <id>", "the workspace (may be left out while there is only one)"] as const;

/** `--org`, or the only workspace there is. Throws AppError `usage` when it is not clear which one is meant. */
export async function chooseOrganization(
  services: Services,
  given: string | undefined,
): Promise<{ id: string; name: string }> {
  if (given) return services.organizations.require(given);
  const all = await services.organizations.list();
  const [only] = all;
  if (only && all.length === 1) return only;
  const problem = only
    ? `Say which workspace with --org ID: ${all.map(({ id, name }) => `${id} (${name})`).join(", ")}.`
    : 'There is no workspace yet; make one with: npm run avtrz -- org create "NAME"';
  throw new AppError("usage", { fields: { problem } });
}

const STARTING_WITHIN_MS = 15_000;

/** Starts the embedded database unless another process has it; a server that is only just starting is waited for. */
async function startUnlessRunning(dataDirectory: string, socket: string): Promise<EmbeddedDatabase | undefined> {
  const end = Date.now() + STARTING_WITHIN_MS;
  for (;;) {
    if (await answers(socket)) return undefined;
    try {
      return await startEmbeddedDatabase(dataDirectory, "the avtrz command line");
    } catch (error) {
      if (!isAppError(error) || error.code !== "data_directory_in_use" || Date.now() > end) throw error;
    }
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(socket, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

// What a command has to say it says itself; of the services only warnings are of interest.
function quieter(level: Services["config"]["logLevel"]): Services["config"]["logLevel"] {
  return level === "info" ? "warn" : level;
}
