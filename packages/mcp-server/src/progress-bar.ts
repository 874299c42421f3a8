const WIDTH = 24;

/** A line on stderr that is written over; nothing where nobody looks at it. */
export function createProgressBar() {
  const visible = process.stderr.isTTY;
  return {
    /** `share` from 0 to 1. */
    show(share: number, text: string): void {
      if (!visible) return;
      const full = Math.round(share * WIDTH);
      process.stderr.write(`\r\u001b[K[${"█".repeat(full)}${"░".repeat(WIDTH - full)}] ${text}`);
    },
    clear(): void {
      if (visible) process.stderr.write("\r\u001b[K");
    },
  };
}
