import type { Metadata } from "next";
import { CATALOG } from "#lib/platform/errors";

export const metadata: Metadata = { title: "Errors" };

export default function Errors() {
  return (
    <article>
      <h1 className="pt-6 font-semibold text-3xl tracking-tight">Errors</h1>
      <p className="mt-3 max-w-2xl text-pretty text-quiet leading-7">
        Every failure has a stable code. It comes as a problem document (RFC 9457); a request that prefers pictures gets
        a picture with the same status and the code in <code className="font-mono text-sm">X-Error-Code</code>.
      </p>
      <dl className="mt-8 divide-y divide-line">
        {Object.entries(CATALOG).map(([code, { status, sentence, cure }]) => (
          <div key={code} id={code} className="scroll-mt-4 py-5 target:bg-card">
            <dt className="flex items-baseline gap-3">
              <code className="font-medium font-mono text-sm">{code}</code>
              <span className="text-quiet text-sm tabular-nums">{status}</span>
            </dt>
            <dd className="mt-2 text-pretty">{sentence}</dd>
            <dd className="mt-1 text-pretty text-quiet text-sm">{cure}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
