/** Everything that can fail differently, in one table. docs/errors.md is generated from it. */

export type CatalogEntry = {
  /** HTTP status of the answer. */
  readonly status: number;
  /** What happened, for people and for AI clients: fixed text; `{name}` is filled from the error's own fields. */
  readonly sentence: string;
  /** What to do about it. */
  readonly cure: string;
  /** The `error` of OAuth answers (RFC 6749, 4.1.2.1 and 5.2; RFC 7591, 3.2.2; RFC 8707, 2). */
  readonly oauth?: string;
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
  invalid_name: {
    status: 400,
    sentence: "A name has 1 to 80 characters.",
    cure: "Choose one that says what it is for.",
  },
  invalid_domain: {
    status: 400,
    sentence: "This is not a domain: {entry}.",
    cure: "Write host names such as example.com, or *.example.com for everything below it, without https://, ports and paths.",
  },
  body_too_large: {
    status: 413,
    sentence: "The request body is larger than {limit}.",
    cure: "Send it in smaller parts.",
  },
  upload_too_large: {
    status: 413,
    sentence: "The file is larger than {limit}.",
    cure: "Send it in smaller parts; on the server, avtrz people import takes larger files.",
  },
  upload_missing: { status: 400, sentence: "No file was chosen.", cure: "Choose one, then send the form again." },
  unsupported_media_type: {
    status: 415,
    sentence: "The request body must be {expected}.",
    cure: "Set that as the Content-Type.",
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
  persona_not_found: {
    status: 404,
    sentence: "This workspace has no avatar {id}.",
    cure: "The page Personas, or avtrz persona list, shows those it has.",
  },
  persona_not_ready: {
    status: 409,
    sentence: "This avatar has nothing to answer from yet.",
    cure: "Add files with text to it. If you just did, wait until they are read.",
  },
  persona_exists: {
    status: 409,
    sentence: "This workspace has an avatar {slug} already.",
    cure: "Choose another short name.",
  },
  persona_invalid: {
    status: 400,
    sentence: "The avatar cannot be made like this: {problem}.",
    cure: "Correct that and send it again.",
  },
  persona_built_in: {
    status: 403,
    sentence: "This avatar comes with the program, which alone keeps it.",
    cure: "Make an avatar of your own to give it files, or to call it otherwise.",
  },
  evaluation_invalid: {
    status: 400,
    sentence: "The questions cannot be used: {problem}.",
    cure: "Send one JSON object a line, each with id and question; the page about avatars says what else it may hold.",
  },
  source_not_found: {
    status: 404,
    sentence: "This avatar has no source {id}.",
    cure: "It may have been removed meanwhile; its page lists those it has.",
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
  signed_url_changed: {
    status: 403,
    sentence: "This picture's address is not one that was made here, or was changed.",
    cure: "Use it as POST /v1/signed-urls gave it; some mail programs need & written as &amp; in HTML.",
  },
  signed_url_expired: {
    status: 410,
    sentence: "This picture's address is over.",
    cure: "Make a new one with POST /v1/signed-urls.",
  },
  signed_url_revoked: {
    status: 403,
    sentence: "The key that made this picture's address does not hold any more.",
    cure: "Make a new address with a key that does.",
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
  sign_in_needed: {
    status: 401,
    sentence: "Nobody is signed in here.",
    cure: "Sign in at /sign-in, then do it again.",
  },
  origin_not_allowed: {
    status: 403,
    sentence: "This address does not answer pages of other sites.",
    cure: "Call it from a program, which sends no Origin, or by the address in PUBLIC_URL.",
  },
  not_authenticated: {
    status: 401,
    sentence: "Not authenticated.",
    cure: "Connect again: the client then asks for a new access token at the authorization server.",
  },
  insufficient_scope: {
    status: 403,
    sentence: "This connection was not given the scope {scope}.",
    cure: "Connect again and allow it; the WWW-Authenticate header names the scopes to ask for.",
  },
  form_refused: {
    status: 403,
    sentence: "This form was not sent from a page of ours that is still valid.",
    cure: "Open the page again and send it from there.",
  },
  role_too_low: {
    status: 403,
    sentence: "Your role in this workspace does not allow that.",
    cure: "Ask one of its owners.",
  },
  last_owner: {
    status: 409,
    sentence: "A workspace keeps at least one owner, and this is the last.",
    cure: "Invite another owner first.",
  },
  name_not_confirmed: {
    status: 400,
    sentence: "The name that was typed is not the workspace's.",
    cure: "Type the workspace's name as it stands on the page, and nothing else.",
  },
  session_not_found: {
    status: 404,
    sentence: "There is no such session.",
    cure: "It may have ended already; the list shows those that stand.",
  },
  member_not_found: {
    status: 404,
    sentence: "This workspace has no such member.",
    cure: "They may have left already; the page Members, or avtrz member list, shows who is there.",
  },
  invitation_not_found: {
    status: 404,
    sentence: "This invitation is not open.",
    cure: "It was used or revoked, or it is older than seven days; ask for a new one.",
  },
  invitation_for_another: {
    status: 403,
    sentence: "This invitation is for another e-mail address.",
    cure: "Sign in with the address it was sent to, or ask for an invitation to yours.",
  },
  connection_not_found: {
    status: 404,
    sentence: "There is no such connection, or it has ended already.",
    cure: "The page Connections, or avtrz connection list, shows those that stand.",
  },
  webhook_not_found: {
    status: 404,
    sentence: "This workspace has no such webhook or delivery.",
    cure: "Reload the list; it may have been deleted.",
  },
  invalid_webhook: {
    status: 400,
    sentence: "{problem}",
    cure: "An endpoint is an https address of yours that takes POST, and at least one event.",
  },
  too_many_webhooks: {
    status: 409,
    sentence: "A workspace has ten webhooks at most.",
    cure: "Delete one that is not needed any more.",
  },
  removal_not_found: {
    status: 404,
    sentence: "This request is not there, or was decided already.",
    cure: "Reload the queue. Links in mails work once, for a day; ask again on /remove-my-photo if yours is too old.",
  },
  reason_missing: {
    status: 400,
    sentence: "A refusal needs a reason: it is mailed to whoever asked.",
    cure: "Write a sentence, then refuse again.",
  },
  too_many_removals: {
    status: 429,
    sentence: "Too many requests came in the last hour.",
    cure: "Wait an hour, then ask again; links you have already been sent still work.",
  },
  linkedin_unavailable: {
    status: 400,
    sentence: "LinkedIn did not tell which profile is yours.",
    cure: "Try again, or use the form: whoever runs this server then decides.",
  },
  invalid_retention: {
    status: 400,
    sentence: "{problem}",
    cure: "Choose a number of days from 62 to what this installation allows.",
  },
  too_many_workspaces: {
    status: 409,
    sentence: "You own 50 workspaces, which is as many as one person may.",
    cure: "Delete one, or hand one over to another owner.",
  },
  invalid_email: {
    status: 400,
    sentence: "That is not an e-mail address.",
    cure: "Write it as name@example.com.",
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
  storage_unusable: {
    status: 400,
    sentence: "{problem}",
    cure: "Correct the storage's settings; .env.example has them all.",
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

  // Connecting a client (OAuth 2.1)
  invalid_request: {
    status: 400,
    oauth: "invalid_request",
    sentence: "The request to connect is not valid: {problem}.",
    cure: "This is for the client's makers to correct; doctor says what a client should send.",
  },
  client_unknown: {
    status: 401,
    oauth: "invalid_client",
    sentence: "No client is registered here under this client_id.",
    cure: "Remove the connector in your client and add it again; it then registers anew.",
  },
  client_authentication_refused: {
    status: 401,
    oauth: "invalid_client",
    sentence: "Clients here have no secret, and one was sent.",
    cure: "Send client_id in the body alone, with token_endpoint_auth_method none.",
  },
  client_document_unavailable: {
    status: 502,
    oauth: "temporarily_unavailable",
    sentence: "The client's metadata document could not be read: {problem}.",
    cure: "Try again in a minute; if it stays, its makers must look at that address.",
  },
  client_document_invalid: {
    status: 400,
    oauth: "invalid_client",
    sentence: "The client's metadata document cannot be used: {problem}.",
    cure: "This is for the client's makers to correct.",
  },
  redirect_uri_not_registered: {
    status: 400,
    oauth: "invalid_request",
    sentence: "The address this client wants you sent back to is not one it registered.",
    cure: "Go back to the client and connect again. If a link brought you here, somebody may be trying to trick you: close this page.",
  },
  invalid_redirect_uri: {
    status: 400,
    oauth: "invalid_redirect_uri",
    sentence: "No redirect_uri of this client can be used: {problem}.",
    cure: "Register https addresses, http addresses of this computer (127.0.0.1, localhost, [::1]), or an app's own scheme.",
  },
  invalid_client_metadata: {
    status: 400,
    oauth: "invalid_client_metadata",
    sentence: "The client's metadata is not valid: {problem}.",
    cure: "Send a JSON object as RFC 7591 describes it.",
  },
  unsupported_response_type: {
    status: 400,
    oauth: "unsupported_response_type",
    sentence: "response_type must be code.",
    cure: "Use the authorization code flow with PKCE.",
  },
  invalid_scope: {
    status: 400,
    oauth: "invalid_scope",
    sentence: "These scopes cannot be granted: {scope}.",
    cure: "Ask for those that scopes_supported lists.",
  },
  invalid_target: {
    status: 400,
    oauth: "invalid_target",
    sentence: "There is no resource {resource} here.",
    cure: "Connect to the address this server prints; http, https and host must be exactly those of PUBLIC_URL.",
  },
  login_required: {
    status: 400,
    oauth: "login_required",
    sentence: "Nobody is signed in, and prompt=none forbids asking.",
    cure: "Send the person here without prompt=none.",
  },
  consent_required: {
    status: 400,
    oauth: "consent_required",
    sentence: "The person must be asked, and prompt=none forbids that.",
    cure: "Send the person here without prompt=none.",
  },
  access_denied: {
    status: 403,
    oauth: "access_denied",
    sentence: "The person chose not to connect.",
    cure: "Connect again and choose Allow, if that was a mistake.",
  },
  authorization_request_over: {
    status: 410,
    oauth: "invalid_request",
    sentence: "This request to connect was answered already, or is too old.",
    cure: "Go back to your AI client; if it is not connected, connect it again there.",
  },
  not_a_member: {
    status: 403,
    oauth: "access_denied",
    sentence: "You are not a member of this workspace.",
    cure: "Choose another workspace, or ask its owner to invite you.",
  },
  invalid_grant: {
    status: 400,
    oauth: "invalid_grant",
    sentence:
      "This code or refresh token is not valid for this client, was used, expired, or its connection was revoked.",
    cure: "Connect again.",
  },
  unsupported_grant_type: {
    status: 400,
    oauth: "unsupported_grant_type",
    sentence: "grant_type must be authorization_code or refresh_token.",
    cure: "Use one of these.",
  },

  // The operator's tool and imports
  usage: { status: 400, sentence: "{problem}", cure: "Run with --help to see what is expected." },
  organization_not_found: {
    status: 404,
    sentence: "There is no organization {id}.",
    cure: "avtrz org list shows them all.",
  },
  key_not_found: {
    status: 404,
    sentence: "There is no key {id}.",
    cure: "The page API keys, or avtrz key list --org ID, shows them all.",
  },
  key_conflict: {
    status: 409,
    sentence: "Key {id} was rotated or revoked already.",
    cure: "The page API keys, or avtrz key list --org ID, shows its state.",
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
    cure: "Give a LinkedIn Connections.csv or another CSV, a vCard file (.vcf), or a folder or .zip of photos named by username.",
  },
  file_broken: {
    status: 400,
    sentence: "{file} is broken at {where}: {problem}. Nothing was imported.",
    cure: "Export the file again, or correct that place.",
  },
  import_columns_unknown: {
    status: 400,
    sentence: "None of the columns is known to say who a row is: {columns}.",
    cure: 'Say which one holds LinkedIn addresses or usernames: on the import\'s page, or with --map "COLUMN=url".',
  },
  import_not_open: {
    status: 409,
    sentence: "That import waits for nothing any more.",
    cure: "It was begun or discarded already. Choose the file again to import it once more.",
  },
  import_file_gone: {
    status: 410,
    sentence: "{file} is not there any more.",
    cure: "Upload it again; what was taken of it stays as it is.",
  },
  import_given_up: {
    status: 500,
    sentence: "{file} stopped the worker three times at the same place, and was given up.",
    cure: "What was taken of it stays. Split the file to find the entry, and report it.",
  },
  photo_unusable: { status: 400, sentence: "{problem}", cure: "Use a JPEG, PNG, WebP, AVIF or GIF picture." },
  correction_too_long: {
    status: 400,
    sentence: "{fact} takes at most {limit} characters.",
    cure: "Shorten it.",
  },
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
