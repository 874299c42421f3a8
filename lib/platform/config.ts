import { existsSync } from "node:fs";
import { z } from "zod";
import { AppError } from "./errors.ts";

/** One environment variable: how it is checked, and what .env.example and the README say of it. */
type Setting = { schema: z.ZodType; about: string; example: string; group: string };

const count = (minimum: number, maximum: number) =>
  z.coerce.number("a whole number").int("a whole number").min(minimum).max(maximum);
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean),
);
const setting = (group: string, schema: z.ZodType, example: string, about: string): Setting => ({
  schema,
  about,
  example,
  group,
});

const callback = (name: string, id: string) =>
  `Sign-in with ${name}: the client registered there, with PUBLIC_URL/api/auth/callback/${id} as its redirect address.`;

/** Those that people and facts are asked of over HTTP. */
export const HTTP_PROVIDERS = ["unipile", "enrichlayer", "peopledatalabs", "apollo", "gravatar", "github"] as const;
export type HttpProviderName = (typeof HTTP_PROVIDERS)[number];
const PROVIDERS = ["imports", ...HTTP_PROVIDERS] as const;
export type ProviderName = (typeof PROVIDERS)[number];

const address = (example: string) =>
  z.url({ protocol: /^https?$/, error: `an http(s) address such as ${example}` }).default(example);

/** How much a provider may be asked; `spent` is what one unit of its budget is. */
const limits = <const Prefix extends string>(prefix: Prefix, title: string, spent: string, concurrency: number) =>
  ({
    [`${prefix}_MONTHLY_BUDGET`]: setting(
      "Enrichment",
      count(0, 1e9),
      "1000",
      `${spent} a calendar month (UTC), over all processes. Default: no bound.`,
    ),
    [`${prefix}_CONCURRENCY`]: setting(
      "Enrichment",
      count(1, 100).default(concurrency),
      String(concurrency),
      `Look-ups that ${title} is asked for at once, over all processes. Default: ${concurrency}.`,
    ),
  }) as Record<`${Prefix}_MONTHLY_BUDGET` | `${Prefix}_CONCURRENCY`, Setting>;

/** Every setting there is. All are optional. */
export const SETTINGS = {
  PUBLIC_URL: setting(
    "Address",
    z.url({ protocol: /^https?$/, error: "an http(s) address such as https://avatars.example.com" }),
    "http://localhost:3000",
    "The address people and clients use. Every address the service hands out derives from it, never from request headers. Default: http://localhost:PORT.",
  ),
  PORT: setting("Address", count(0, 65535).default(3000), "3000", "The port to listen on. Default: 3000."),
  HOST: setting(
    "Address",
    z.string().min(1).default("::"),
    "::",
    "The address to listen on; 127.0.0.1 keeps the service to this machine. Default: all addresses.",
  ),
  AVTRZ_TRUSTED_PROXY_HOPS: setting(
    "Address",
    count(0, 10).default(0),
    "0",
    "How many reverse proxies of yours stand in front and append to X-Forwarded-For. Default: 0, the header is ignored.",
  ),
  AVTRZ_DATA_DIR: setting(
    "Data",
    z.string().min(1).default(".data"),
    ".data",
    "Where the embedded database, stored photos and the generated secret live. Default: .data in the project.",
  ),
  DATABASE_URL: setting(
    "Data",
    z.url({ protocol: /^postgres(ql)?$/, hostname: /.*/, error: "a postgresql:// address" }),
    "postgresql://avtrz:password@127.0.0.1:5432/avtrz",
    "PostgreSQL 15 or newer. Default: an embedded database in the data directory.",
  ),
  AVTRZ_SECRET: setting(
    "Data",
    z.string().min(32, "at least 32 characters"),
    "",
    "Encrypts publishable keys at rest; the same value for every process on one database. Default: made once and kept in the data directory.",
  ),
  AVTRZ_STORAGE: setting(
    "Storage",
    z.enum(["disk", "s3"]),
    "disk",
    "Where photos and files of personas are kept: disk (the data directory) or s3. Default: s3 when S3_BUCKET is set, else disk.",
  ),
  AVTRZ_STORAGE_MOVING_FROM: setting(
    "Storage",
    z.enum(["disk", "s3"]),
    "",
    "While objects move: where they come from. What is not yet in AVTRZ_STORAGE is read there. Default: nothing moves.",
  ),
  S3_BUCKET: setting("Storage", z.string().min(1), "avtrz", "A bucket of an S3-compatible storage, for several hosts."),
  S3_ENDPOINT: setting(
    "Storage",
    z.url({ protocol: /^https?$/, hostname: /.*/, error: "an http(s) address" }),
    "https://storage.example.com",
    "Where that storage is. Default: Amazon S3 in S3_REGION.",
  ),
  S3_REGION: setting("Storage", z.string().min(1).default("us-east-1"), "us-east-1", "Its region. Default: us-east-1."),
  S3_ACCESS_KEY_ID: setting(
    "Storage",
    z.string().min(1),
    "",
    "Who may read, write, list and delete there. Default: what the machine provides (an instance role).",
  ),
  S3_SECRET_ACCESS_KEY: setting("Storage", z.string().min(1), "", "The secret of S3_ACCESS_KEY_ID."),
  S3_PREFIX: setting(
    "Storage",
    z.string().regex(/^[\w.-]+(\/[\w.-]+)*\/$/, "names that end with /, such as avtrz/"),
    "avtrz/",
    "What the names of all objects begin with, where a bucket is shared with other programs. Default: nothing.",
  ),
  REDIS_URL: setting(
    "Rate limits",
    z.url({ protocol: /^rediss?$/, hostname: /.*/, error: "a redis:// or rediss:// address" }),
    "redis://127.0.0.1:6379",
    "Shares rate limits between processes. Default: each process counts for itself.",
  ),
  UPSTASH_REDIS_REST_URL: setting(
    "Rate limits",
    z.url({ protocol: /^https?$/, error: "the REST address that Upstash shows" }),
    "",
    "Upstash in place of REDIS_URL; needs its token too.",
  ),
  UPSTASH_REDIS_REST_TOKEN: setting("Rate limits", z.string().min(1), "", "The token of UPSTASH_REDIS_REST_URL."),
  AVTRZ_RATE_LIMIT_ORGANIZATION: setting(
    "Rate limits",
    count(1, 1e9).default(20_000),
    "20000",
    "API requests a workspace may make in 10 seconds, over all its keys. Default: 20000.",
  ),
  AVTRZ_RATE_LIMIT_KEY: setting(
    "Rate limits",
    count(1, 1e9).default(10_000),
    "10000",
    "API requests one key may make in 10 seconds. Default: 10000.",
  ),
  AVTRZ_RATE_LIMIT_USER: setting(
    "Rate limits",
    count(1, 1e9).default(300),
    "300",
    "Requests to /mcp one user may make in 10 seconds, over all their connections. Default: 300.",
  ),
  AVTRZ_RATE_LIMIT_ADDRESS: setting(
    "Rate limits",
    count(1, 1e9).default(300),
    "300",
    "Failed authentications, and requests to sign in or to connect a client, that one network address may make in 10 seconds. Default: 300.",
  ),
  AVTRZ_PLAN: setting(
    "Workspaces",
    z.enum(["free", "team", "scale", "self_hosted"]).default("self_hosted"),
    "self_hosted",
    "The plan a new workspace starts on: free, team, scale or self_hosted (unlimited). Default: self_hosted.",
  ),
  AVTRZ_OWNER_EMAIL: setting(
    "People",
    z.email("an e-mail address").toLowerCase(),
    "you@example.com",
    "Who alone may become the owner of the first workspace. Default: whoever signs in first.",
  ),
  AVTRZ_OPERATOR_EMAILS: setting(
    "People",
    list.pipe(z.array(z.email("e-mail addresses, comma separated").toLowerCase())).default([]),
    "you@example.com",
    "Who runs this installation, and so decides on its pages who must not be shown. Default: the owners of the first workspace.",
  ),
  SMTP_URL: setting(
    "People",
    z.url({ protocol: /^smtps?$/, hostname: /.*/, error: "an smtp:// or smtps:// address" }),
    "smtps://user:password@mail.example.com",
    "The mail server that sends sign-in links, invitations and notices to owners; needs MAIL_FROM too. Default: mails are printed in the terminal.",
  ),
  MAIL_FROM: setting("People", z.string().min(3), "Avtrz <avtrz@example.com>", "Whom mails come from."),
  GOOGLE_CLIENT_ID: setting("People", z.string().min(1), "", callback("Google", "google")),
  GOOGLE_CLIENT_SECRET: setting("People", z.string().min(1), "", "The secret of GOOGLE_CLIENT_ID."),
  GITHUB_CLIENT_ID: setting("People", z.string().min(1), "", callback("GitHub", "github")),
  GITHUB_CLIENT_SECRET: setting("People", z.string().min(1), "", "The secret of GITHUB_CLIENT_ID."),
  LINKEDIN_CLIENT_ID: setting("People", z.string().min(1), "", callback("LinkedIn", "linkedin")),
  LINKEDIN_CLIENT_SECRET: setting("People", z.string().min(1), "", "The secret of LINKEDIN_CLIENT_ID."),
  LINKEDIN_PROFILE_SCOPE: setting(
    "People",
    z.string().regex(/^\w+$/, "one scope, such as r_basicprofile"),
    "r_basicprofile",
    "The scope by which LinkedIn lets that client read a member's own vanity name, where LinkedIn has granted it one; with it people prove on /remove-my-photo that a profile is theirs. Needs PUBLIC_URL/remove-my-photo/linkedin/callback as a redirect address. Default: they prove an e-mail address, and the operator decides.",
  ),
  AVTRZ_KEEP_REQUESTS_DAYS: setting(
    "Privacy",
    count(62, 36_500).default(400),
    "400",
    "For how many days rows of requests (who asked for whom) are kept; a workspace may choose fewer. Charts and counts stay. Default: 400, at least 62.",
  ),
  AVTRZ_KEEP_MISSES_DAYS: setting(
    "Privacy",
    count(2, 3_650).default(90),
    "90",
    "For how many days it is kept that a person was looked up and not found. Default: 90.",
  ),
  AVTRZ_PROVIDERS: setting(
    "Enrichment",
    list
      .pipe(z.array(z.enum(PROVIDERS, `of ${PROVIDERS.join(", ")}`)))
      .refine((names) => new Set(names).size === names.length, "each provider once")
      .default([...PROVIDERS]),
    PROVIDERS.join(","),
    `Where photos and facts come from, first to last. HTTP providers without credentials are passed over. Default: ${PROVIDERS.join(",")}.`,
  ),
  UNIPILE_API: setting(
    "Enrichment",
    z.enum(["v1", "v2"]).default("v1"),
    "v1",
    "Which of Unipile's APIs your account is on: v1, or v2 (beta), which needs no UNIPILE_DSN. Default: v1.",
  ),
  UNIPILE_DSN: setting(
    "Enrichment",
    z
      .string()
      .min(1)
      .refine(
        (text) => URL.canParse(/^https?:\/\//i.test(text) ? text : `https://${text}`),
        "host and port such as api8.unipile.com:13851",
      ),
    "api1.unipile.com:13111",
    "Host and port of your Unipile account.",
  ),
  UNIPILE_API_KEY: setting("Enrichment", z.string().min(1), "", "Unipile's access token."),
  UNIPILE_ACCOUNT_ID: setting(
    "Enrichment",
    z.string().min(1),
    "",
    "The LinkedIn account connected in Unipile that looks people up.",
  ),
  ...limits("UNIPILE", "Unipile", "Look-ups at Unipile", 4),
  ENRICHLAYER_API_KEY: setting("Enrichment", z.string().min(1), "", "EnrichLayer's API key."),
  ENRICHLAYER_URL: setting(
    "Enrichment",
    address("https://enrichlayer.com"),
    "",
    "Another address of EnrichLayer's API, such as a gateway of yours.",
  ),
  ...limits("ENRICHLAYER", "EnrichLayer", "Credits of EnrichLayer's; 0 leaves its free photo call,", 8),
  PEOPLEDATALABS_API_KEY: setting(
    "Enrichment",
    z.string().min(1),
    "",
    "People Data Labs' API key; it tells facts, no photos.",
  ),
  PEOPLEDATALABS_URL: setting(
    "Enrichment",
    address("https://api.peopledatalabs.com"),
    "",
    "Another address of People Data Labs' API, such as a gateway of yours.",
  ),
  ...limits("PEOPLEDATALABS", "People Data Labs", "People found at People Data Labs (a miss is free)", 8),
  APOLLO_API_KEY: setting("Enrichment", z.string().min(1), "", "Apollo's API key."),
  APOLLO_URL: setting(
    "Enrichment",
    address("https://api.apollo.io"),
    "",
    "Another address of Apollo's API, such as a gateway of yours.",
  ),
  ...limits("APOLLO", "Apollo", "People found at Apollo (a miss is free)", 4),
  GRAVATAR_API_KEY: setting(
    "Enrichment",
    z.string().min(1),
    "",
    "Gravatar's API key, which is free: people are looked up by the e-mail address a workspace imported, for that workspace alone.",
  ),
  GRAVATAR_URL: setting(
    "Enrichment",
    address("https://api.gravatar.com"),
    "",
    "Another address of Gravatar's API, such as a gateway of yours.",
  ),
  ...limits("GRAVATAR", "Gravatar", "Look-ups at Gravatar", 4),
  GITHUB_API_TOKEN: setting(
    "Enrichment",
    z.string().min(1),
    "",
    "A GitHub token without any scope, which is free: accounts that declare the LinkedIn profile asked for.",
  ),
  GITHUB_API_URL: setting(
    "Enrichment",
    address("https://api.github.com"),
    "",
    "Another address of GitHub's API, such as a gateway of yours.",
  ),
  ...limits("GITHUB", "GitHub", "Look-ups at GitHub", 4),
  AVTRZ_ALLOW_PRIVATE_HOSTS: setting(
    "Enrichment",
    list.pipe(z.array(z.string().regex(/^[^/\s]+:\d+$/, "entries of the form host:port"))).default([]),
    "",
    "Named exceptions (host:port, comma separated) to the rule that outbound requests reach public https addresses only. Default: none.",
  ),
  AVTRZ_PERSONA_VECTORS: setting(
    "Personas",
    z.enum(["on", "off"]).default("on"),
    "on",
    "Whether personas compare meanings too: about 20 ms of one core for each sentence of their files, once, and 100 MB in a process that is asked. off: words alone. Default: on.",
  ),
  AVTRZ_EMBEDDING_MODEL: setting(
    "Personas",
    z.string().min(1),
    "text-embedding-3-small",
    "The embedding model that leads what personas find, in place of the shipped one; passages and questions are sent to it. Default: the shipped one, on this machine.",
  ),
  AVTRZ_EMBEDDING_BASE_URL: setting(
    "Personas",
    z.url({ protocol: /^https?$/, hostname: /.*/, error: "an http(s) address such as http://127.0.0.1:11434/v1" }),
    "http://127.0.0.1:11434/v1",
    "Where AVTRZ_EMBEDDING_MODEL is: an OpenAI-compatible server, such as Ollama. Default: OpenAI.",
  ),
  AVTRZ_EMBEDDING_API_KEY: setting(
    "Personas",
    z.string().min(1),
    "",
    "The key of the server of AVTRZ_EMBEDDING_MODEL.",
  ),
  AVTRZ_EMBEDDING_DIMENSIONS: setting(
    "Personas",
    count(1, 65_536),
    "1536",
    "How long the vectors of AVTRZ_EMBEDDING_MODEL are to be. Default: as long as it makes them.",
  ),
  AVTRZ_LEAK_REPORT_KEYS_URL: setting(
    "Security",
    z
      .url({ protocol: /^https?$/, error: "an http(s) address" })
      .default("https://api.github.com/meta/public_keys/secret_scanning"),
    "",
    "Where the public keys stand that sign leaked-key reports to /api/leaked-keys. Default: GitHub's secret scanning.",
  ),
  AVTRZ_REFRESH_GRACE_SECONDS: setting(
    "Security",
    count(0, 600).default(30),
    "30",
    "How long a refresh token that was used may be presented again, because an answer was lost or two requests crossed; later that ends the connection's tokens. Default: 30.",
  ),
  LOG_LEVEL: setting(
    "Operation",
    z.enum(["silent", "error", "warn", "info", "debug"]).default("info"),
    "info",
    "How much is logged: silent, error, warn, info or debug. Default: info.",
  ),
} as const satisfies Record<string, Setting>;

/** Where else people can sign in than by a link. */
export const SIGN_IN_PROVIDERS = ["google", "github", "linkedin"] as const;
export type SignInProvider = (typeof SIGN_IN_PROVIDERS)[number];

export type KeyedProvider = { readonly url: string; readonly apiKey: string };
/** `monthlyBudget` undefined is no bound. */
export type ProviderLimits = { readonly monthlyBudget: number | undefined; readonly concurrency: number };

export type Config = {
  publicUrl: string;
  port: number;
  host: string;
  trustedProxyHops: number;
  dataDirectory: string;
  databaseUrl: string | undefined;
  secret: string | undefined;
  storage: {
    kind: "disk" | "s3";
    movingFrom: "disk" | "s3" | undefined;
    s3:
      | {
          bucket: string;
          endpoint: string | undefined;
          region: string;
          credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
          /** Empty, or ends with /. */
          prefix: string;
        }
      | undefined;
  };
  redis: { kind: "redis"; url: string } | { kind: "upstash"; url: string; token: string } | undefined;
  /** Requests in 10 seconds. */
  rateLimits: { organization: number; key: number; user: number; address: number };
  defaultPlan: "free" | "team" | "scale" | "self_hosted";
  ownerEmail: string | undefined;
  mail: { smtpUrl: string; from: string } | undefined;
  signIn: Readonly<Partial<Record<SignInProvider, { clientId: string; clientSecret: string }>>>;
  /** Lower case; empty is the owners of the first workspace. */
  operatorEmails: readonly string[];
  /** The scope by which a LinkedIn member's own vanity name can be read. */
  linkedinProfileScope: string | undefined;
  keepRequestsDays: number;
  keepMissesDays: number;
  providers: readonly ProviderName[];
  /** Those that have credentials. */
  unipile: { api: "v1" | "v2"; dsn: string; apiKey: string; accountId: string } | undefined;
  enrichlayer: KeyedProvider | undefined;
  peopledatalabs: KeyedProvider | undefined;
  apollo: KeyedProvider | undefined;
  gravatar: KeyedProvider | undefined;
  github: KeyedProvider | undefined;
  providerLimits: Readonly<Record<HttpProviderName, ProviderLimits>>;
  allowPrivateHosts: readonly string[];
  /** The model that leads what personas find; the shipped one without it. */
  embedder:
    | { model: string; baseUrl: string | undefined; apiKey: string | undefined; dimensions: number | undefined }
    | undefined;
  personaVectors: boolean;
  leakReportKeysUrl: string;
  refreshGraceSeconds: number;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  /** Not wrong enough to refuse to start, but worth saying once. */
  warnings: readonly string[];
};

/** Adds what an `.env` file says to the environment; what is set already wins. No file is no error. */
export function loadEnvironmentFile(file: string): void {
  if (existsSync(file)) process.loadEnvFile(file);
}

/**
 * Tells next-auth this installation's address, which it reads from the environment alone. Called right before each use:
 * it looks at it once, synchronously, and would otherwise guess from request headers.
 */
export function announceAuthUrl(publicUrl: string): void {
  process.env["NEXTAUTH_URL"] = publicUrl;
}

type Values = Record<string, unknown>;

/**
 * Reads the configuration from environment variables; an empty value counts as not set.
 * Throws AppError `invalid_configuration` whose sentence names every problem, one a line.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = [];
  const values: Values = {};
  for (const [name, { schema }] of Object.entries<Setting>(SETTINGS)) {
    const parsed = schema.safeParse(environment[name] || undefined);
    if (parsed.success) values[name] = parsed.data;
    else if (environment[name])
      problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join("; ")}`);
  }
  problems.push(...incomplete(values));
  const publicUrl = new URL(String(values["PUBLIC_URL"] ?? `http://localhost:${values["PORT"] ?? 3000}`));
  if (publicUrl.pathname !== "/" || publicUrl.search || publicUrl.hash || publicUrl.username) {
    problems.push("PUBLIC_URL: must be an origin alone, without path, query or credentials");
  }
  if (problems.length > 0) {
    throw new AppError("invalid_configuration", {
      fields: { problem: `The configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join("\n")}` },
    });
  }
  const config = assemble(values, publicUrl.origin);
  return { ...config, warnings: [...misspelled(environment), ...passedOver(environment, config)] };
}

const KNOWN = new Set(Object.keys(SETTINGS));

function misspelled(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("AVTRZ_") && !KNOWN.has(name))
    .map((name) => `${name} is set, but there is no such setting; .env.example has them all.`);
}

/** Providers that somebody meant to be asked, and that are not. */
function passedOver(
  environment: Readonly<Record<string, string | undefined>>,
  config: Omit<Config, "warnings">,
): string[] {
  const ordered = environment["AVTRZ_PROVIDERS"] ? config.providers : [];
  return HTTP_PROVIDERS.flatMap((name) => {
    if (!config[name] && ordered.includes(name))
      return [`AVTRZ_PROVIDERS names ${name}, but it has no credentials, so it is not asked.`];
    if (config[name] && !config.providers.includes(name))
      return [`${name} has credentials, but AVTRZ_PROVIDERS does not name it, so it is not asked.`];
    return [];
  });
}

function incomplete(values: Values): string[] {
  const problems: string[] = [];
  const together = (names: string[]) => {
    const missing = names.filter((name) => values[name] === undefined);
    if (missing.length > 0 && missing.length < names.length) {
      problems.push(
        ...missing.map((name) => `${name}: needed together with ${names.find((n) => !missing.includes(n))}`),
      );
    }
  };
  const dsn = values["UNIPILE_API"] === "v2" ? [] : ["UNIPILE_DSN"];
  together([...dsn, "UNIPILE_API_KEY", "UNIPILE_ACCOUNT_ID"]);
  together(["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"]);
  together(["SMTP_URL", "MAIL_FROM"]);
  if (values["LINKEDIN_PROFILE_SCOPE"] && !values["LINKEDIN_CLIENT_ID"])
    problems.push("LINKEDIN_CLIENT_ID: needed together with LINKEDIN_PROFILE_SCOPE");
  together(["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]);
  for (const name of ["AVTRZ_STORAGE", "AVTRZ_STORAGE_MOVING_FROM"])
    if (values[name] === "s3" && !values["S3_BUCKET"]) problems.push(`S3_BUCKET: needed, because ${name} is s3`);
  if (values["AVTRZ_STORAGE_MOVING_FROM"] && values["AVTRZ_STORAGE_MOVING_FROM"] === storageKind(values))
    problems.push("AVTRZ_STORAGE_MOVING_FROM: is where objects are kept already; it names the other place");
  if (!values["AVTRZ_EMBEDDING_MODEL"]) {
    for (const name of ["AVTRZ_EMBEDDING_BASE_URL", "AVTRZ_EMBEDDING_API_KEY", "AVTRZ_EMBEDDING_DIMENSIONS"])
      if (values[name] !== undefined) problems.push(`AVTRZ_EMBEDDING_MODEL: needed together with ${name}`);
  } else if (!values["AVTRZ_EMBEDDING_BASE_URL"] && !values["AVTRZ_EMBEDDING_API_KEY"]) {
    problems.push("AVTRZ_EMBEDDING_MODEL: needs AVTRZ_EMBEDDING_BASE_URL, or AVTRZ_EMBEDDING_API_KEY for OpenAI");
  }
  for (const provider of SIGN_IN_PROVIDERS) together([...credentialsOf(provider)]);
  if (values["REDIS_URL"] && values["UPSTASH_REDIS_REST_URL"]) {
    problems.push("REDIS_URL: set either this or UPSTASH_REDIS_REST_URL, not both");
  }
  return problems;
}

function storageKind(values: Values): "disk" | "s3" {
  return (values["AVTRZ_STORAGE"] as "disk" | "s3" | undefined) ?? (values["S3_BUCKET"] ? "s3" : "disk");
}

function credentialsOf(provider: SignInProvider) {
  const name = provider.toUpperCase() as Uppercase<SignInProvider>;
  return [`${name}_CLIENT_ID`, `${name}_CLIENT_SECRET`] as const;
}

function s3Of(text: (name: keyof typeof SETTINGS) => string | undefined): NonNullable<Config["storage"]["s3"]> {
  const [accessKeyId, secretAccessKey] = [text("S3_ACCESS_KEY_ID"), text("S3_SECRET_ACCESS_KEY")];
  return {
    bucket: String(text("S3_BUCKET")),
    endpoint: text("S3_ENDPOINT")?.replace(/\/+$/, ""),
    region: String(text("S3_REGION")),
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
    prefix: text("S3_PREFIX") ?? "",
  };
}

function assemble(values: Values, publicUrl: string): Omit<Config, "warnings"> {
  const text = (name: keyof typeof SETTINGS) => values[name] as string | undefined;
  const number = (name: keyof typeof SETTINGS) => values[name] as number;
  const redisUrl = text("REDIS_URL");
  const upstash = text("UPSTASH_REDIS_REST_URL");
  const keyed = (key: keyof typeof SETTINGS, url: keyof typeof SETTINGS): KeyedProvider | undefined => {
    const apiKey = text(key);
    return apiKey === undefined ? undefined : { apiKey, url: String(values[url]) };
  };
  return {
    publicUrl,
    port: number("PORT"),
    host: String(values["HOST"]),
    trustedProxyHops: number("AVTRZ_TRUSTED_PROXY_HOPS"),
    dataDirectory: String(values["AVTRZ_DATA_DIR"]),
    databaseUrl: text("DATABASE_URL"),
    secret: text("AVTRZ_SECRET"),
    storage: {
      kind: storageKind(values),
      movingFrom: text("AVTRZ_STORAGE_MOVING_FROM") as "disk" | "s3" | undefined,
      s3: text("S3_BUCKET") ? s3Of(text) : undefined,
    },
    redis: redisUrl
      ? { kind: "redis", url: redisUrl }
      : upstash
        ? { kind: "upstash", url: upstash, token: String(values["UPSTASH_REDIS_REST_TOKEN"]) }
        : undefined,
    rateLimits: {
      organization: number("AVTRZ_RATE_LIMIT_ORGANIZATION"),
      key: number("AVTRZ_RATE_LIMIT_KEY"),
      user: number("AVTRZ_RATE_LIMIT_USER"),
      address: number("AVTRZ_RATE_LIMIT_ADDRESS"),
    },
    defaultPlan: values["AVTRZ_PLAN"] as Config["defaultPlan"],
    ownerEmail: text("AVTRZ_OWNER_EMAIL"),
    mail: text("SMTP_URL") ? { smtpUrl: String(values["SMTP_URL"]), from: String(values["MAIL_FROM"]) } : undefined,
    signIn: Object.fromEntries(
      SIGN_IN_PROVIDERS.flatMap((provider) => {
        const [clientId, clientSecret] = credentialsOf(provider).map(text);
        return clientId && clientSecret ? [[provider, { clientId, clientSecret }]] : [];
      }),
    ),
    operatorEmails: values["AVTRZ_OPERATOR_EMAILS"] as readonly string[],
    linkedinProfileScope: text("LINKEDIN_PROFILE_SCOPE"),
    keepRequestsDays: number("AVTRZ_KEEP_REQUESTS_DAYS"),
    keepMissesDays: number("AVTRZ_KEEP_MISSES_DAYS"),
    providers: values["AVTRZ_PROVIDERS"] as readonly ProviderName[],
    unipile: text("UNIPILE_API_KEY")
      ? {
          api: values["UNIPILE_API"] as "v1" | "v2",
          dsn: text("UNIPILE_DSN") ?? "https://api.unipile.com",
          apiKey: String(values["UNIPILE_API_KEY"]),
          accountId: String(values["UNIPILE_ACCOUNT_ID"]),
        }
      : undefined,
    enrichlayer: keyed("ENRICHLAYER_API_KEY", "ENRICHLAYER_URL"),
    peopledatalabs: keyed("PEOPLEDATALABS_API_KEY", "PEOPLEDATALABS_URL"),
    apollo: keyed("APOLLO_API_KEY", "APOLLO_URL"),
    gravatar: keyed("GRAVATAR_API_KEY", "GRAVATAR_URL"),
    github: keyed("GITHUB_API_TOKEN", "GITHUB_API_URL"),
    providerLimits: Object.fromEntries(
      HTTP_PROVIDERS.map((name) => {
        const prefix = name.toUpperCase();
        const monthlyBudget = values[`${prefix}_MONTHLY_BUDGET`] as number | undefined;
        return [name, { monthlyBudget, concurrency: Number(values[`${prefix}_CONCURRENCY`]) }];
      }),
    ) as Config["providerLimits"],
    allowPrivateHosts: values["AVTRZ_ALLOW_PRIVATE_HOSTS"] as readonly string[],
    embedder: text("AVTRZ_EMBEDDING_MODEL")
      ? {
          model: String(values["AVTRZ_EMBEDDING_MODEL"]),
          baseUrl: text("AVTRZ_EMBEDDING_BASE_URL"),
          apiKey: text("AVTRZ_EMBEDDING_API_KEY"),
          dimensions: values["AVTRZ_EMBEDDING_DIMENSIONS"] as number | undefined,
        }
      : undefined,
    personaVectors: values["AVTRZ_PERSONA_VECTORS"] === "on",
    refreshGraceSeconds: number("AVTRZ_REFRESH_GRACE_SECONDS"),
    leakReportKeysUrl: String(values["AVTRZ_LEAK_REPORT_KEYS_URL"]),
    logLevel: values["LOG_LEVEL"] as Config["logLevel"],
  };
}
