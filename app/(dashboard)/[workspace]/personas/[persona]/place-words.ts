type Place = { page: number | null; label: string | null; location: string | null };

/** `p. 12`, `p. iv (page 4 of the file)`, a time, or nothing where a format has no places. */
export function placeWords({ page, label, location }: Place): string {
  if (page === null && label === null) return location ?? "";
  if (label === null || label === String(page)) return `p. ${page ?? label}`;
  return page === null ? `p. ${label}` : `p. ${label} (page ${page} of the file)`;
}
