import type { Block, ReadDocument, Run } from "./document.ts";

/** A pause or a text of this size begins a new paragraph, so that a citation leads near the words. */
const PAUSE_SECONDS = 4;
const PARAGRAPH_CHARACTERS = 700;

type Cue = { start: number; end: number; text: string; speaker: string | null };

/** Subtitles (WebVTT, SRT): cues become paragraphs by speaker and pause; each keeps its time as the place to cite. */
export function readTranscript(source: string): ReadDocument {
  const blocks: Block[] = [];
  let runs: Run[] = [];
  let last: Cue | null = null;
  let length = 0;
  const flush = () => {
    if (runs.length > 0) blocks.push({ kind: "paragraph", runs });
    runs = [];
    length = 0;
  };
  for (const cue of readCues(source)) {
    if (last && cue.text === last.text) continue;
    const pause = last ? cue.start - last.end : 0;
    const ended = last && /[.!?]["'”’]?$/.test(last.text);
    if (last && (cue.speaker !== last.speaker || pause > PAUSE_SECONDS || (ended && length > PARAGRAPH_CHARACTERS)))
      flush();
    runs.push({
      text: `${runs.length > 0 ? " " : ""}${cue.text}`,
      place: { page: null, label: null, location: clock(cue.start) },
    });
    length += cue.text.length;
    last = cue;
  }
  flush();
  return { blocks, pages: null };
}

const TIMES = /((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})/;

function* readCues(source: string): Generator<Cue> {
  for (const part of source
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)) {
    const lines = part.split("\n");
    const at = lines.findIndex((line) => TIMES.test(line));
    const times = TIMES.exec(lines[at] ?? "");
    if (!times) continue;
    const said = lines.slice(at + 1).join(" ");
    const speaker = /<v(?:\.[^\s>]*)?\s+([^>]+)>/.exec(said)?.[1]?.trim() ?? null;
    const text = said
      .replace(/<[^>]*>/g, "")
      .replace(/\{\\[^}]*\}/g, "")
      .replace(/&amp;/g, "&")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&nbsp;/g, " ")
      .replace(/\s+/g, " ")
      .trim();
    if (text) yield { start: seconds(times[1] ?? ""), end: seconds(times[2] ?? ""), text, speaker };
  }
}

function seconds(time: string): number {
  return time
    .replace(",", ".")
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** `1:02:03` or `2:03`. */
function clock(time: number): string {
  const whole = Math.floor(time);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
}
