/** Everything that can fail differently, in one table. docs/errors.md is generated from it. */

export type CatalogEntry = {
  /** HTTP status of the answer. */
  readonly status: number;
  /** What happened, for people and for AI clients: fixed text; `{name}` is filled from the error's own fields. */
  readonly sentence: string;
  /** What to do about it. */
  readonly cure: string;
};

export const CATALOG = {
  // Which person is meant
  exactly_one_identifier: {
    status: 400,
    sentence: "Pass exactly one of linkedin_url or username.",
    cure: "Send the profile's address as linkedin_url, or the part after /in/ as username, but not both.",
  },
  invalid_url: {
    status: 400,
    sentence: "linkedin_url is not a web address.",
    cure: "Send it as it stands in a browser, such as https://www.linkedin.com/in/janedoe.",
  },
  unsupported_host: {
    status: 400,
    sentence: "linkedin_url is not on linkedin.com.",
    cure: "Send the LinkedIn address itself; short links and redirectors are not followed.",
  },
  unsupported_path: {
    status: 400,
    sentence: "linkedin_url does not lead to a person's profile.",
    cure: "Profile addresses contain /in/, such as https://www.linkedin.com/in/janedoe; pages of companies, schools, jobs and posts are not profiles.",
  },
  private_profile_url: {
    status: 400,
    sentence: "linkedin_url is a Sales Navigator or Recruiter address, which names nobody outside that account.",
    cure: "Open the person there, choose the link to the public profile, and send that one.",
  },
  invalid_username: {
    status: 400,
    sentence: "That is not a LinkedIn username.",
    cure: "A username is the part after /in/: 3 to 100 letters, digits or hyphens.",
  },

  // How the request was put
  unknown_parameter: {
    status: 400,
    sentence: "There is no parameter {parameter} here.",
    cure: "Check its spelling against the reference at /api/docs/openapi.",
  },
  repeated_parameter: {
    status: 400,
    sentence: "Parameter {parameter} was given more than once.",
    cure: "Send it once.",
  },
  invalid_parameter: {
    status: 400,
    sentence: "Parameter {parameter} is not valid: {expected}.",
    cure: "Correct it; the accepted values are in the reference at /api/docs/openapi.",
  },
  invalid_body: {
    status: 400,
    sentence: "The request body is not valid: {expected}.",
    cure: "Send JSON of the form given in the reference at /api/docs/openapi.",
  },
  body_too_large: {
    status: 413,
    sentence: "The request body is larger than {limit}.",
    cure: "Send it in smaller parts.",
  },
  unsupported_media_type: {
    status: 415,
    sentence: "The request body must be application/json.",
    cure: "Set Content-Type: application/json.",
  },
  idempotency_key_reused: {
    status: 422,
    sentence: "This Idempotency-Key was used before for another request.",
    cure: "Use a new Idempotency-Key for each different request, and the same one only to retry.",
  },
  not_found: { status: 404, sentence: "There is nothing at this address.", cure: "Check the path." },
  method_not_allowed: {
    status: 405,
    sentence: "This address does not answer {method}.",
    cure: "The Allow header lists the methods that it answers.",
  },
  image_not_found: {
    status: 404,
    sentence: "There is no such image.",
    cure: "Image addresses come from /v1/avatar; ask there again for the person's current picture.",
  },
  profile_not_found: {
    status: 404,
    sentence: "No profile data is available for {username}. The profile could not be found.",
    cure: "Import the person, or configure an enrichment provider.",
  },
  no_avatar: {
    status: 404,
    sentence: "There is no photo of this person yet, and fallback=404 was asked for.",
    cure: "Leave fallback out to get initials art instead.",
  },

  // Who asks
  missing_key: {
    status: 401,
    sentence: "An API key is needed.",
    cure: "Send a publishable key as key= in the address, or any key in the x-api-key header.",
  },
  invalid_key: {
    status: 401,
    sentence: "This API key is not valid.",
    cure: "It may have been revoked, rotated or never issued; make a new one for the workspace.",
  },
  mistyped_key: {
    status: 401,
    sentence: "This is not an API key as it was issued: its checksum does not match.",
    cure: "Copy the key again, whole; it starts with pk_live_ or sk_live_.",
  },
  two_keys: {
    status: 401,
    sentence: "Two different API keys were sent.",
    cure: "Send one key, either as key= in the address or in the x-api-key header.",
  },
  secret_key_in_url: {
    status: 401,
    sentence: "A secret key must not stand in an address, where logs and browsers keep it.",
    cure: "Treat this key as leaked: rotate it, and send secret keys in the x-api-key header only.",
  },
  domain_not_allowed: {
    status: 401,
    sentence: "This key may not be used from this site.",
    cure: "Add the site's domain to the key's allowed domains, or use a key without a list where no Origin or Referer is sent.",
  },
  invalid_signature: {
    status: 401,
    sentence: "The report's signature does not match its body.",
    cure: "Sign the exact bytes sent, with the key named in Github-Public-Key-Identifier.",
  },
  key_type_not_allowed: {
    status: 403,
    sentence: "This address needs a secret key; a publishable key may only fetch avatars.",
    cure: "Call it from a server, with a secret key in the x-api-key header.",
  },

  // How much
  quota_exceeded: {
    status: 402,
    sentence: "The workspace's monthly quota of {metric} is used up.",
    cure: "It starts again at the first of the month (UTC); an operator can raise it before.",
  },
  rate_limited: {
    status: 429,
    sentence: "Too many requests at once.",
    cure: "Wait as many seconds as Retry-After says, then go on.",
  },

  // Our side
  database_unavailable: {
    status: 503,
    sentence: "The database does not answer.",
    cure: "Try again as Retry-After says; this request cost nothing.",
  },
  storage_unavailable: {
    status: 503,
    sentence: "The image store does not answer.",
    cure: "Try again as Retry-After says.",
  },
  overloaded: {
    status: 503,
    sentence: "More work is waiting than this server can finish in time.",
    cure: "Try again as Retry-After says.",
  },
  internal: {
    status: 500,
    sentence: "Something failed on our side; the unit was given back.",
    cure: "Try again; if it stays, report the X-Request-Id of this answer.",
  },

  // The operator's tool and imports
  usage: { status: 400, sentence: "{problem}", cure: "Run with --help to see what is expected." },
  organization_not_found: {
    status: 404,
    sentence: "There is no organization {id}.",
    cure: "avtrz org list shows them all.",
  },
  key_not_found: { status: 404, sentence: "There is no key {id}.", cure: "avtrz key list --org ID shows them all." },
  key_conflict: {
    status: 409,
    sentence: "Key {id} was rotated or revoked already.",
    cure: "avtrz key list --org ID shows its state.",
  },
  file_unreadable: {
    status: 400,
    sentence: "{file} cannot be read: {problem}.",
    cure: "Check the path and its permissions.",
  },
  file_too_large: {
    status: 400,
    sentence: "{file} is {size}; the limit is {limit}.",
    cure: "Split it into smaller files.",
  },
  file_not_recognized: {
    status: 400,
    sentence: "{file} is not something that can be imported: {problem}.",
    cure: "Give a LinkedIn Connections.csv, a vCard file (.vcf), or a folder or .zip of photos named by username.",
  },
  file_broken: {
    status: 400,
    sentence: "{file} is broken at {where}: {problem}. Nothing was imported.",
    cure: "Export the file again, or correct that place.",
  },
  photo_unusable: { status: 400, sentence: "{problem}", cure: "Use a JPEG, PNG, WebP, AVIF or GIF picture." },
  person_not_found: {
    status: 404,
    sentence: "This workspace knows nobody called {username}.",
    cure: "avtrz people list --org ID shows everybody it knows.",
  },
  person_suppressed: {
    status: 409,
    sentence: "{username} asked not to be shown.",
    cure: "avtrz suppress list shows who asked and when.",
  },
  data_directory_in_use: {
    status: 409,
    sentence: "Another Avtrz ({holder}) already runs on the data directory {directory}.",
    cure: "Stop that one first, or give this one its own directory with AVTRZ_DATA_DIR.",
  },
  data_directory_unusable: {
    status: 400,
    sentence: "The data directory {directory} cannot be used: {problem}.",
    cure: "Make it a directory that this user may write to, or choose another with AVTRZ_DATA_DIR.",
  },
  database_unusable: {
    status: 503,
    sentence: "The database {address} cannot be used: {problem}.",
    cure: "Check DATABASE_URL and that server; without DATABASE_URL, the data directory (AVTRZ_DATA_DIR) and its disk.",
  },
  address_unusable: {
    status: 409,
    sentence: "Avtrz cannot listen on {address}: {problem}.",
    cure: "Stop the program that has it, or choose another with PORT and HOST.",
  },
  build_failed: {
    status: 500,
    sentence: "The build failed:\n{output}",
    cure: "Correct what it names, and start again.",
  },
  invalid_configuration: { status: 400, sentence: "{problem}", cure: "See .env.example for every setting." },
} as const satisfies Record<string, CatalogEntry>;

export type ErrorCode = keyof typeof CATALOG;

/**
 * An expected failure with a code of CATALOG. `fields` fill the sentence; `cause` is for logs alone and never
 * reaches a client. Recognise one with isAppError, not instanceof: server.ts and Next load this module twice.
 */
export class AppError extends Error {
  readonly appError = true;
  readonly code: ErrorCode;
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: { fields?: Record<string, string>; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(sentenceOf(code, options.fields), { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.fields = options.fields ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export function isAppError(value: unknown): value is AppError {
  return value instanceof Error && "appError" in value && value.appError === true;
}

function sentenceOf(code: ErrorCode, fields: Record<string, string> = {}): string {
  return CATALOG[code].sentence.replace(/\{(\w+)\}/g, (_, name: string) => fields[name] ?? name);
}
