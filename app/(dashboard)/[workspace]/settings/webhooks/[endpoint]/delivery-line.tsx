import type { ReactNode } from "react";
import { Badge, Moment } from "#lib/ui";
import type { Delivery } from "#lib/webhooks";

/** One delivery; opened, what was sent and what came back. */
export function DeliveryLine(props: { delivery: Delivery; off: boolean; now: number; replay: ReactNode }) {
  const { delivery, off, now, replay } = props;
  const { id, type, attempts, createdAt, status, latencyMs, response, problem, body } = delivery;
  return (
    <li>
      <details className="group">
        <summary className="flex cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-sm hover:bg-sunk sm:px-5 [&::-webkit-details-marker]:hidden">
          <State delivery={delivery} off={off} />
          <span className="font-mono text-xs">{type}</span>
          <span className="text-quiet text-xs">
            <Moment iso={createdAt} now={now} />
          </span>
          <span className="ml-auto text-quiet text-xs tabular-nums">
            {[
              status !== null && `status ${status}`,
              latencyMs !== null && attempts > 0 && `${latencyMs} ms`,
              attempts > 1 && `${attempts} attempts`,
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </summary>
        <div className="flex flex-col gap-3 px-4 pb-4 sm:px-5">
          {problem && <p className="text-sm">{problem}</p>}
          {delivery.state === "pending" && attempts > 0 && !off && (
            <p className="text-quiet text-sm">
              Next attempt: <Moment iso={delivery.dueAt} now={now} />.
            </p>
          )}
          <Text label={`What is sent (webhook-id ${id})`} text={pretty(body)} />
          {response !== null && <Text label="The beginning of the last answer" text={response || "(empty)"} />}
          <div>{replay}</div>
        </div>
      </details>
    </li>
  );
}

function State({ delivery: { state, attempts }, off }: { delivery: Delivery; off: boolean }) {
  if (state === "delivered") return <Badge tone="good">arrived</Badge>;
  if (state === "failed") return <Badge tone="danger">given up</Badge>;
  if (off) return <Badge>waits</Badge>;
  return attempts > 0 ? <Badge tone="warn">tried again</Badge> : <Badge>on its way</Badge>;
}

function Text({ label, text }: { label: string; text: string }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 break-all text-quiet text-xs">{label}</p>
      <pre className="max-h-60 overflow-auto whitespace-pre-wrap break-all rounded-lg border border-line bg-sunk p-3 font-mono text-xs leading-5">
        {text}
      </pre>
    </div>
  );
}

function pretty(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2);
}
