/**
 * A letter on a tile, filled when the name is proven. Other people's logos are theirs, and a picture named by a client
 * could be anybody's.
 */
export function ClientMark({ proven, name }: { proven: boolean; name: string }) {
  const letter = [...name.replace(/[^\p{L}\p{N}]/gu, "")][0]?.toUpperCase() ?? "?";
  return (
    <div
      aria-hidden
      className={`grid size-12 shrink-0 place-items-center rounded-xl border font-semibold text-xl ${
        proven ? "border-accent bg-accent text-accent-ink" : "border-quiet border-dashed bg-card text-quiet"
      }`}
    >
      {letter}
    </div>
  );
}
