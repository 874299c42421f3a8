import { SCOPES, type Scope } from "#lib/oauth";

/** What is asked for, in words, and what it can never do. */
export function ScopeList({ scopes }: { scopes: readonly Scope[] }) {
  const shown = [...scopes.filter((scope) => scope !== "offline_access"), "offline_access" as const];
  return (
    <div>
      <h2 className="font-medium text-sm">It would be able to</h2>
      <ul className="mt-2 flex flex-col gap-2 text-sm">
        {shown.map((scope) => (
          <li key={scope} className="flex items-baseline justify-between gap-x-4">
            <span>{SCOPES[scope]}</span>
            <code className="shrink-0 font-mono text-quiet text-xs">{scope}</code>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-quiet text-sm">
        It only reads. It cannot change data, billing or keys, and it cannot message anybody. Look-ups count against the
        quota of the workspace below.
      </p>
    </div>
  );
}
