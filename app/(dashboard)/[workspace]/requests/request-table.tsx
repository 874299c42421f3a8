import Link from "next/link";
import type { LoggedRequest } from "#lib/analytics";
import { Badge, Moment, Table } from "#lib/ui";
import type { Dashboard } from "../../dashboard.ts";
import { OUTCOME_TONES, OUTCOME_WORDS, toolWords } from "../../outcomes.ts";

/** Requests, newest first: when, of whom, what came of it and why, by whom. */
export function RequestTable({ dashboard, requests }: { dashboard: Dashboard; requests: readonly LoggedRequest[] }) {
  return (
    <Table label="Requests" heads={["When", "Person", "Outcome", "Asked by", "Took"]}>
      {requests.map((one) => (
        <tr key={one.id}>
          <td className="text-quiet">
            <Moment iso={one.at} now={dashboard.now} />
          </td>
          <td className="max-w-56">
            {one.username ? (
              <Link
                href={dashboard.personPage(one.username)}
                prefetch={false}
                className="block truncate hover:underline"
              >
                {one.username}
              </Link>
            ) : (
              <span className="text-quiet">–</span>
            )}
          </td>
          <td>
            <span className="flex items-center gap-2">
              <Badge tone={OUTCOME_TONES[one.outcome]}>{OUTCOME_WORDS[one.outcome]}</Badge>
              {one.code && (
                <Link href={`/docs/errors#${one.code}`} prefetch={false} className="text-quiet text-xs hover:underline">
                  {one.code.replaceAll("_", " ")}
                </Link>
              )}
            </span>
          </td>
          <td className="max-w-56 text-quiet">
            <span className="block truncate">
              {one.connection?.clientName ?? one.key?.name ?? "–"}
              <span className="text-xs"> · {one.originDomain ?? toolWords(one.tool)}</span>
            </span>
          </td>
          <td className="whitespace-nowrap text-quiet tabular-nums">
            {one.latencyMs === null
              ? "–"
              : `${one.latencyMs < 10 ? one.latencyMs.toFixed(1) : Math.round(one.latencyMs)} ms`}
          </td>
        </tr>
      ))}
    </Table>
  );
}
