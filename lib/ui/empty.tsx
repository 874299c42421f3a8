import { CircleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** A list with nothing in it: what would be here, and the one act that brings it. */
export function Empty(props: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }) {
  const Icon = props.icon;
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <span className="flex size-11 items-center justify-center rounded-full bg-sunk text-quiet">
        <Icon size={20} strokeWidth={1.75} aria-hidden />
      </span>
      <p className="mt-4 font-medium text-sm">{props.title}</p>
      {props.children && <div className="mt-1 max-w-md text-pretty text-quiet text-sm leading-6">{props.children}</div>}
      {props.action && <div className="mt-5 flex flex-wrap justify-center gap-2">{props.action}</div>}
    </div>
  );
}

/** A part of a page that could not be had: what was wrong, what to do, and the id the log has it under. */
export function Trouble(props: { sentence: string; cure?: string; requestId?: string; action?: ReactNode }) {
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-12 text-center">
      <CircleAlert size={22} className="text-danger" aria-hidden />
      <p className="mt-3 font-medium text-sm">{props.sentence}</p>
      {props.cure && <p className="mt-1 max-w-md text-pretty text-quiet text-sm leading-6">{props.cure}</p>}
      {props.requestId && <p className="mt-2 font-mono text-quiet text-xs">{props.requestId}</p>}
      {props.action && <div className="mt-5">{props.action}</div>}
    </div>
  );
}
