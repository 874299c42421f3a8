import { actOutcome } from "#lib/http";
import { Notice } from "#lib/ui";
import { firstOf, type PageProps } from "./dashboard.ts";

/** What the act that led here did, or why it was refused. */
export async function Flash({ searchParams }: Pick<PageProps, "searchParams">) {
  const { done, error } = await searchParams;
  const outcome = actOutcome(firstOf(done) ?? "", firstOf(error) ?? "");
  return outcome && <Notice tone={outcome.refused ? "danger" : "good"}>{outcome.sentence}</Notice>;
}
