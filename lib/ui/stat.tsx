import type { ReactNode } from "react";

/** One number and what it counts; `change` compares it with the time before. */
export function Stat(props: { label: string; value: string; change?: ReactNode }) {
  return (
    <div className="min-w-0 rounded-xl border border-line bg-card px-4 py-3.5">
      <dt className="text-quiet text-xs">{props.label}</dt>
      <dd className="mt-1 font-semibold text-2xl tabular-nums tracking-tight">{props.value}</dd>
      {props.change && <dd className="mt-0.5 text-quiet text-xs">{props.change}</dd>}
    </div>
  );
}
