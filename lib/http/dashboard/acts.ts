import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import { readForm } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { returnPath } from "../return-path.ts";
import { readSession } from "../session.ts";
import { signInPage } from "../sign-in/links.ts";
import type { Act } from "./act.ts";
import { CONNECTION_ACTS } from "./connection-acts.ts";
import { KEY_ACTS } from "./key-acts.ts";
import { MEMBER_ACTS } from "./member-acts.ts";
import { PEOPLE_ACTS, PEOPLE_SENTENCES } from "./people-acts.ts";
import { PERSONA_ACTS } from "./persona-acts.ts";
import { workspaceFormPurpose } from "./purpose.ts";
import { SETTINGS_ACTS } from "./settings-acts.ts";
import { WEBHOOK_ACTS } from "./webhook-acts.ts";

/** What other forms lead to a workspace's page with, and what acts say that can end in several ways. */
const OTHER_SENTENCES: Readonly<Record<string, string>> = {
  join: "You have joined.",
  "persona-source": "The file is taken. It is read in a moment.",
  "persona-evaluation": "The questions are taken. They are asked in a moment.",
  "invite-mailed": "The invitation is mailed. Its link is below too, should the mail not arrive.",
  "invite-unsent": "The invitation is made, but the mail could not be sent. Send the link below yourself.",
  "invite-limited":
    "The invitation is made, but not mailed: enough invitations were mailed from here, or to that address, today. Send the link below yourself.",
  ...PEOPLE_SENTENCES,
};
export const ACTS: Readonly<Record<string, Act>> = {
  ...MEMBER_ACTS,
  ...KEY_ACTS,
  ...CONNECTION_ACTS,
  ...PEOPLE_ACTS,
  ...PERSONA_ACTS,
  ...SETTINGS_ACTS,
  ...WEBHOOK_ACTS,
};
/** Addresses have to stay short enough for every proxy. */
const MAX_KEPT = 1_000;

/** What the page after an act says of it: the sentence, and whether it was refused; null when there is none to tell. */
export function actOutcome(done: string, error: string): { sentence: string; refused: boolean } | null {
  if (Object.hasOwn(CATALOG, error)) {
    const { sentence, cure } = CATALOG[error as keyof typeof CATALOG];
    return { sentence: `${sentence.replace(/:? ?\{\w+\}/g, "")} ${cure}`, refused: true };
  }
  const act = Object.hasOwn(ACTS, done) ? ACTS[done] : undefined;
  const sentence = act?.done ?? (Object.hasOwn(OTHER_SENTENCES, done) ? OTHER_SENTENCES[done] : undefined);
  return sentence ? { sentence, refused: false } : null;
}

/**
 * `POST /workspaces/<organization>/<act>`, which leads back to the page in the form's field `back` with what was done or
 * what was wrong.
 */
export const workspaceActs = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const [, , organizationId = "", name = "", ...more] = new URL(request.url).pathname.split("/");
  const act = Object.hasOwn(ACTS, name) && more.length === 0 ? ACTS[name] : undefined;
  if (!act) throw new AppError("not_found");
  const session = await readSession(request.headers, services);
  if (!session) return seeOther(signInPage(publicUrl, { next: `/${organizationId}` }));
  const fields = await readForm(request, services, session, workspaceFormPurpose(organizationId));
  const back = pageAt(fields.get("back") ?? `/${organizationId}`, publicUrl);
  try {
    const outcome = await act.run(services, session, organizationId, fields);
    const page = outcome?.to ? pageAt(outcome.to, publicUrl) : back;
    page.searchParams.set("done", outcome?.done ?? name);
    return seeOther(page.href, outcome?.cookies ?? []);
  } catch (error) {
    back.searchParams.set("error", refusal(error));
    for (const field of act.keeps ?? []) back.searchParams.set(field, (fields.get(field) ?? "").slice(0, MAX_KEPT));
    return seeOther(back.href);
  }
});

/** A page of ours, without what an earlier act left in its address. */
function pageAt(path: string, publicUrl: string): URL {
  const page = new URL(returnPath(path, publicUrl), publicUrl);
  page.searchParams.delete("done");
  page.searchParams.delete("error");
  return page;
}

/** The code of what a person can do something about; anything else is thrown on. */
export function refusal(error: unknown): string {
  if (isAppError(error) && CATALOG[error.code].status < 500 && error.code !== "form_refused") return error.code;
  throw error;
}
