import type { Services } from "#lib/services";
import type { SignedIn } from "../session.ts";

/**
 * Where the browser goes after an act, instead of back to the form's page; `done` names another sentence than the act's
 * own (`OTHER_SENTENCES`); `cookies` are set with the answer.
 */
export type Outcome = { to?: string; done?: string; cookies?: readonly string[] };

/**
 * What a form of a workspace does. `done` is what the next page says of it; `run` throws AppError for what was refused,
 * and asks who may where the rows are.
 */
export type Act = {
  done: string;
  /** Fields that come back to the form's page in its address when the act was refused, so that nothing is typed twice. */
  keeps?: readonly string[];
  run(
    services: Services,
    viewer: SignedIn,
    organizationId: string,
    fields: URLSearchParams,
  ): Promise<Outcome | undefined>;
};
