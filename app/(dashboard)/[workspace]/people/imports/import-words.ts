import type { ImportRow, ImportStatus } from "#lib/profiles";
import type { Tone } from "#lib/ui";

export const IMPORT_WORDS: Readonly<Record<ImportStatus["status"], string>> = {
  waiting: "Waiting",
  running: "Importing",
  done: "Done",
  failed: "Failed",
};
export const IMPORT_TONES: Readonly<Record<ImportStatus["status"], Tone>> = {
  waiting: "plain",
  running: "accent",
  done: "good",
  failed: "danger",
};

export const ROW_WORDS: Readonly<Record<ImportRow["outcome"], string>> = {
  refused: "Refused",
  suppressed: "Suppressed",
  merged: "Merged",
  added: "Added",
  updated: "Updated",
  unchanged: "Unchanged",
};
export const ROW_TONES: Readonly<Record<ImportRow["outcome"], Tone>> = {
  refused: "danger",
  suppressed: "warn",
  merged: "plain",
  added: "good",
  updated: "accent",
  unchanged: "plain",
};
