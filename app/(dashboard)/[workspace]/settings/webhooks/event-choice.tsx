import { WEBHOOK_EVENTS } from "#lib/webhooks";

/** Which events an endpoint is told of. */
export function EventChoice({ chosen }: { chosen: readonly string[] }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">Events</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {Object.entries(WEBHOOK_EVENTS).map(([event, meaning]) => (
          <label
            key={event}
            className="flex cursor-pointer items-start gap-3 rounded-lg border border-line p-3 hover:border-quiet has-checked:border-accent has-checked:bg-accent/5"
          >
            <input
              type="checkbox"
              name="events"
              value={event}
              defaultChecked={chosen.includes(event)}
              className="mt-1 accent-(--accent)"
            />
            <span className="min-w-0">
              <span className="block font-mono text-xs leading-6">{event}</span>
              <span className="block text-pretty text-quiet text-xs leading-5">{meaning}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
