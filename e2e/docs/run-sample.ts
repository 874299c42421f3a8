import { spawn } from "node:child_process";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { parseQuestions } from "../../lib/personas/index.ts";
import { readConfig } from "../../lib/platform/config.ts";
import { onAuthorizationUrl } from "../clients/program.ts";
import { SERVER } from "../support/avatar.ts";
import { ROOT, withoutSettings } from "../support/installation.ts";
import { mcpMessage } from "../support/mcp-message.ts";
import { lookAt, renderComponent } from "./looked-at.ts";
import type { Reader } from "./reader.ts";
import type { Sample } from "./samples.ts";

const WITHIN_MS = 50_000;

/** Runs a sample; returns what it answers, as text or as a value. Throws when it fails, or is of no kind we can run. */
export async function runSample(sample: Sample, reader: Reader): Promise<unknown> {
  const run = RUNNERS[`${sample.language} ${sample.kind}`.trim()];
  if (!run) throw new Error(`${sample.page}: nothing runs a block of ${sample.language} ${sample.kind}`);
  return run(reader.withKeys(sample.code), reader);
}

const RUNNERS: Readonly<Record<string, (code: string, reader: Reader) => Promise<unknown>>> = {
  bash: (code, reader) => runProgram("bash", ["-euo", "pipefail", "-c", code], reader),
  /** What the reader has started from. */
  "bash start": async () => "",
  js: (code, reader) => runProgram(process.execPath, ["--input-type=module", "-e", code], reader),
  html: showImages,
  "html look": async (html) => lookAt(html),
  "tsx component": async (code) => lookAt(await renderComponent(code)),
  env: checkSettings,
  text: (code, reader) => findWayIn(code, reader),
  "json config": async (code, reader) => findWayIn(urlIn(JSON.parse(code)), reader),
  "json tool": callTool,
  "json stdio": (code, reader) => startConfigured(JSON.parse(code), reader),
  "json questions": async (code) => String(parseQuestions(code, "the page").length),
};

/** In the project, as a reader of it would, with a home of their own. */
function runProgram(program: string, parameters: string[], reader: Reader): Promise<string> {
  const { installation, home, programs } = reader;
  const npm = /\bnp[mx] /.test(parameters.at(-1) ?? "");
  const environment = {
    ...withoutSettings(process.env),
    HOME: home,
    PATH: [programs, path.join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(path.delimiter),
    AVTRZ_DATA_DIR: installation.dataDirectory,
    PORT: new URL(installation.url).port,
    MCP_AUTO_OPEN_ENABLED: "true",
    MCP_INSPECTOR_SECRET_STORE: "file",
  };
  const cwd = npm ? ROOT : home;
  return new Promise((resolve, reject) => {
    // A group of its own: what a shell has started ends with it.
    const child = spawn(program, parameters, {
      cwd,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), WITHIN_MS);
    const heard = { stdout: "", stderr: "" };
    const look = onAuthorizationUrl((address) => {
      void reader.allow(address).then((answer) => fetch(answer));
    });
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (chunk) => {
        heard[stream] += chunk;
        look(`${heard.stdout}\n${heard.stderr}`);
      });
    }
    child.once("close", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(heard.stdout);
      else reject(new Error(`it ended with code ${code}:\n${heard.stdout}\n${heard.stderr}`));
    });
  });
}

/** Loads every picture of an `<img>` as a browser does: each must be one, and none an error in the shape of one. */
async function showImages(html: string): Promise<string> {
  const tags = html.match(/<img\s[^>]*>/g) ?? [];
  if (tags.length === 0) throw new Error("there is no <img> in it");
  for (const tag of tags) {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
    const addresses = [
      attribute("src"),
      ...attribute("srcset")
        .split(",")
        .map((one) => one.trim().split(" ")[0] ?? ""),
    ];
    for (const address of addresses.filter(Boolean)) {
      const answer = await fetch(address, { headers: { accept: "image/avif,image/webp,image/*" } });
      const type = answer.headers.get("content-type") ?? "";
      if (answer.status !== 200 || !/^image\/(webp|png)$/.test(type)) {
        throw new Error(`${address} is ${answer.status} ${type} ${answer.headers.get("x-error-code") ?? ""}`);
      }
      await answer.body?.cancel();
    }
  }
  return "";
}

async function checkSettings(text: string): Promise<string> {
  const settings = Object.fromEntries(
    text.split("\n").map((line) => [line.split("=")[0], line.replace(/^[^=]*=/, "")]),
  );
  const { warnings } = readConfig(settings);
  if (warnings.length > 0) throw new Error(warnings.join("\n"));
  return "";
}

/** The address a client is given: refused without a token, with the way to one. */
async function findWayIn(address: string, { installation }: Reader): Promise<string> {
  const answer = await fetch(address.trim(), { method: "POST" });
  const challenge = answer.headers.get("www-authenticate") ?? "";
  const metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1];
  if (answer.status !== 401 || !metadata) throw new Error(`${address} answers ${answer.status} ${challenge}`);
  const { resource } = (await (await fetch(metadata)).json()) as { resource: string };
  if (resource !== address.trim() && resource !== `${installation.url}/mcp`)
    throw new Error(`${address} leads to ${resource}`);
  return "";
}

/** Starts the one program in the configuration of a client, as that client would; npx has our package at hand. */
async function startConfigured(config: { mcpServers: Record<string, { args: string[] }> }, reader: Reader) {
  const [server, ...more] = Object.values(config.mcpServers);
  const [name, ...parameters] = server?.args ?? [];
  if (more.length > 0 || name !== "@avatar-sdk/mcp-server") throw new Error("it starts another program");
  const client = new Client({ name: "a reader", version: "1" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [SERVER, ...parameters], cwd: reader.home }),
  );
  const { tools } = await client.listTools();
  await client.close();
  return tools.map((tool) => tool.name).join(" ");
}

/** The one address in the configuration of a client. */
function urlIn(config: unknown): string {
  const found = JSON.stringify(config).match(/"url":"([^"]+)"/g) ?? [];
  if (found.length !== 1) throw new Error(`there are ${found.length} addresses in it`);
  return found[0]?.slice('"url":"'.length, -1) ?? "";
}

async function callTool(code: string, reader: Reader): Promise<unknown> {
  const { headers, body } = mcpMessage("tools/call", JSON.parse(code), "modern");
  const authorization = reader.withKeys("Bearer YOUR_ACCESS_TOKEN");
  const answer = await fetch(`${reader.installation.url}/mcp`, {
    method: "POST",
    headers: { ...headers, authorization },
    body,
  });
  const { result } = (await answer.json()) as { result?: unknown };
  if (!result) throw new Error(`the call was answered ${answer.status}`);
  return result;
}
