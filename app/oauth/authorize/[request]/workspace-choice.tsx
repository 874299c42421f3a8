import type { Role } from "#lib/organizations";

type Workspace = { id: string; name: string; role: Role };

/** Which workspace the connection is bound to. Radio buttons: they work without JavaScript and show all there is. */
export function WorkspaceChoice({ workspaces }: { workspaces: readonly Workspace[] }) {
  const [only] = workspaces;
  if (!only) {
    return (
      <p className="rounded-lg border border-danger px-3 py-2 text-danger text-sm" role="note">
        You do not belong to a workspace, so there is nothing to connect to. Ask for an invitation first.
      </p>
    );
  }
  if (workspaces.length === 1) {
    return (
      <p className="text-sm">
        <input type="hidden" name="organization" value={only.id} />
        Workspace: <strong className="break-words font-medium">{only.name}</strong>{" "}
        <span className="text-quiet">({only.role})</span>
      </p>
    );
  }
  return (
    <fieldset>
      <legend className="font-medium text-sm">Workspace it connects to</legend>
      <div className="mt-2 flex max-h-64 flex-col gap-2 overflow-y-auto">
        {workspaces.map(({ id, name, role }, index) => (
          <label
            key={id}
            className="flex min-h-11 cursor-pointer items-center gap-3 rounded-lg border border-line px-3 py-2 text-sm has-checked:border-accent"
          >
            <input type="radio" name="organization" value={id} defaultChecked={index === 0} className="accent-accent" />
            <span className="min-w-0 flex-1 break-words">{name}</span>
            <span className="text-quiet">{role}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
