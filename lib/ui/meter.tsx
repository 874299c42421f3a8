const NUMBER = new Intl.NumberFormat("en");

/** How much of a limit is used: in words, and as a bar that turns amber at 80 % and red at 100 %. */
export function Meter({ label, used, limit }: { label: string; used: number; limit: number | null }) {
  const share = limit === null ? 0 : limit === 0 ? 1 : Math.min(1, used / limit);
  const colour = share >= 1 ? "bg-danger" : share >= 0.8 ? "bg-warn" : "bg-accent";
  const words =
    limit === null
      ? `${NUMBER.format(used)} used, no limit`
      : `${NUMBER.format(used)} of ${NUMBER.format(limit)} · ${Math.floor(share * 100)} %`;
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-xs">
        <span className="font-medium">{label}</span>
        <span className="text-quiet tabular-nums">{words}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> each in their own colours */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit ?? Math.max(used, 1)}
        aria-valuenow={limit === null ? used : Math.min(used, limit)}
        aria-valuetext={words}
        className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-sunk"
      >
        <div className={`h-full rounded-full ${colour}`} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
