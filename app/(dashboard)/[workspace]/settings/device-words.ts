import { clientOf } from "#lib/http";

// More specific names first: Android calls itself Linux, an iPad calls itself a Mac.
const SYSTEMS = [
  [/\biPhone\b/, "an iPhone"],
  [/\biPad\b/, "an iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "a Mac"],
  [/\bLinux\b/, "Linux"],
] as const;

/** A User-Agent as people say it: `Chrome on Windows`, `Safari on an iPhone`; else the program's own name. */
export function deviceWords(userAgent: string | null): string {
  const client = clientOf(userAgent);
  if (!userAgent || !client) return "An unknown device";
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return system ? `${client} on ${system}` : client;
}

/** Whether it is held in the hand. */
export function isHandheld(userAgent: string | null): boolean {
  return /\b(?:iPhone|iPad|Android|Mobile)\b/.test(userAgent ?? "");
}
