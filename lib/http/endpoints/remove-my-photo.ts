import { randomBytes } from "node:crypto";
import { removalConfirmMail } from "#lib/mails";
import { normalizeEmail } from "#lib/organizations";
import { AppError, isAppError } from "#lib/platform/errors";
import { parseLinkedInUrl, parseUsername } from "#lib/profiles";
import type { Services } from "#lib/services";
import { addressBucket } from "../client-address.ts";
import { refusal } from "../dashboard/acts.ts";
import { formFields, refuseOtherSites } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { cookiesOf } from "../session.ts";

const PAGE = "/remove-my-photo";
const STATE = "avtrz.removal";
const STATE_SECONDS = 600;

/**
 * `POST /remove-my-photo/ask`: a request not to be shown. The answer is the same whether that person is known here or not:
 * a link goes to the address either way.
 */
export const askForRemoval = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  refuseOtherSites(request, publicUrl);
  const fields = await formFields(request);
  const typed = {
    profile: fields.get("profile") ?? "",
    email: fields.get("email") ?? "",
    note: fields.get("note") ?? "",
  };
  const back = (outcome: Record<string, string>) => seeOther(`${publicUrl}${PAGE}?${new URLSearchParams(outcome)}`);
  try {
    await slowDown(request, services);
    const profile = typed.profile.trim().slice(0, 2_048);
    const parsed = profile.includes("/") ? parseLinkedInUrl(profile) : parseUsername(profile);
    if (!parsed.ok) throw new AppError(parsed.code);
    const email = normalizeEmail(typed.email);
    if (!email) throw new AppError("invalid_email");
    const { username } = parsed;
    const network = addressBucket(request, services.config.trustedProxyHops);
    const token = await services.privacy.removals.ask({ username, email, note: typed.note, network });
    if (token) {
      const link = `${publicUrl}${PAGE}/link?token=${token}`;
      // Not waited for: how long it takes, and whether it is sent at all, tells nothing to whoever asks.
      void services.mail(removalConfirmMail({ to: email, publicUrl, link })).catch((error: Error) => {
        services.log.warn({ err: error }, "the link of a request not to be shown could not be mailed");
      });
    }
    return back({ sent: "1" });
  } catch (error) {
    const kept = {
      profile: typed.profile.slice(0, 300),
      email: typed.email.slice(0, 300),
      note: typed.note.slice(0, 800),
    };
    return back({ error: refusal(error), ...kept });
  }
});

/** `POST /remove-my-photo/confirm`: takes the link that was mailed. */
export const confirmRemoval = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  refuseOtherSites(request, publicUrl);
  const fields = await formFields(request);
  try {
    await slowDown(request, services);
    await services.privacy.removals.confirm(fields.get("token") ?? "");
    return seeOther(`${publicUrl}${PAGE}?confirmed=1`);
  } catch (error) {
    return seeOther(`${publicUrl}${PAGE}?error=${refusal(error)}`);
  }
});

/** `POST /remove-my-photo/linkedin`: off to LinkedIn, which says which profile is theirs. */
export const proveByLinkedIn = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const { linkedin } = services.privacy;
  if (!linkedin) throw new AppError("not_found");
  refuseOtherSites(request, publicUrl);
  await formFields(request);
  const state = randomBytes(24).toString("base64url");
  return seeOther(linkedin.address(state), [cookie(services, state, STATE_SECONDS)]);
});

/** `GET /remove-my-photo/linkedin/callback`: the profile that LinkedIn vouches for is shown no more, at once. */
export const comeBackFromLinkedIn = handler({ methods: ["GET"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const { linkedin, removals } = services.privacy;
  if (!linkedin) throw new AppError("not_found");
  const query = new URL(request.url).searchParams;
  const cookies = [cookie(services, "", 0)];
  try {
    await slowDown(request, services);
    // Only the browser that pressed our button has it: nobody is led here unawares.
    const state = cookiesOf(request.headers)[STATE];
    const code = query.get("code");
    if (!state || state !== query.get("state") || !code) throw new AppError("linkedin_unavailable");
    await removals.grantProven(await linkedin.identify(code));
    return seeOther(`${publicUrl}${PAGE}?removed=1`, cookies);
  } catch (error) {
    if (isAppError(error) && error.code === "linkedin_unavailable" && error.cause)
      services.log.warn({ err: error.cause }, "LinkedIn did not say who somebody is");
    return seeOther(`${publicUrl}${PAGE}?error=${refusal(error)}`, cookies);
  }
});

async function slowDown(request: Request, services: Services): Promise<void> {
  const state = await services.quotas.rates.address(addressBucket(request, services.config.trustedProxyHops));
  if (!state.allowed) throw new AppError("rate_limited", { retryAfterSeconds: state.resetSeconds });
}

function cookie({ config }: Services, value: string, maxAgeSeconds: number): string {
  const secure = config.publicUrl.startsWith("https:") ? "; Secure" : "";
  return `${STATE}=${value}; Path=${PAGE}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}
