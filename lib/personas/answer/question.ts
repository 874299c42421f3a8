import { contentTokens } from "../text/tokenise.ts";

/** What kind of thing would answer a question. */
export type AnswerKind = "number" | "time" | "name" | "place" | "open";

export type Question = {
  /** What is asked, without orders to the program that answers. */
  text: string;
  /** What to look for: with the turn before, where the question leans on it. */
  search: string;
  kind: AnswerKind;
  /** Stems of the names and numbers in it. */
  names: string[];
  /** Years it speaks of, and the first years of centuries. */
  years: number[];
};

export type Turn = { role: string; content: string };

const COMMAND =
  /(?:^|[.!?:;,]\s*|\b(?:please|and|then|now|must|should|to)\s+)(?:ignore|disregard|forget|override|bypass|overlook|skip)\b[^.?!]{0,80}\b(?:instructions?|prompts?|corpus|sources?|rules?|guidelines?|grounding|documents?|passages?|restrictions?|limits?|everything|above|earlier|previous|prior)\b/i;
const ORDERS: readonly RegExp[] = [
  COMMAND,
  /^\s*\W{0,3}(?:system|assistant|developer|admin|administrator|root|instruction)s?\s*(?:\]|>|\))?\s*:/i,
  /\b(?:system|developer|hidden|initial|full)\s+(?:prompt|message|instructions?)\b/i,
  /\b(?:developer|debug|god|jailbreak|dan|unrestricted|test(?:ing)?)\s+mode\b/i,
  /\b(?:grounding|citations?|safety|filters?|restrictions?|guard ?rails?)\b[^.?!]{0,30}\b(?:disabled|off|suspended|lifted|not needed|unnecessary)\b/i,
  /\b(?:begin|start|end|finish|open|close|preface)\s+(?:your|the|every|each)\s+(?:answer|reply|response|sentence|message)s?\s+with\b/i,
  /\b(?:answer|reply|respond|say|write|print|output|return)\s+(?:only|just|exactly|nothing but)\b/i,
  /\b(?:only|just|exactly)\s+(?:answer|reply|respond|say|write|print|output)\b/i,
  /\b(?:from|use|using|with)\s+(?:your\s+)?(?:general|own|outside|world|training)\s+knowledge\b/i,
  /\b(?:you are now|act as|pretend (?:to be|that you|you)|role-?play|from now on)\b/i,
  /\b(?:repeat|reveal|print|output|show|disclose|leak)\b[^.?!]{0,40}\b(?:prompt|instructions?|configuration|secret|api key)\b/i,
  /\b(?:obey|comply with|follow)\b[^.?!]{0,40}\b(?:it|this|these|them|following|instructions?|commands?|orders?)\s*[:.!]?/i,
  /\b(?:ignoriere|ignorez|ignora|ignoriert|vergiss|oubliez?|olvida|negeer)\b/i,
];
const ASKS =
  /\?|^\s*(?:and\s+|but\s+|so\s+)?(?:who|whom|whose|what|when|where|why|which|how|is|are|was|were|do|does|did|can|could|should|would|will|have|has|had|may|tell me (?:about|what|why|how|who|when|where)|explain|describe)\b/i;

const NUMBER =
  /\bhow (?:many|much|tall|old|far|high|deep|wide|heavy|large|big|often|fast|long)\b|\b(?:what|which)\s+(?:\w+\s+){0,2}(?:number|sum|amount|price|cost|salary|wage|distance|population|percentage|percent|proportion|share|size|height|length|age|speed|rate|temperature|fraction|total|quantity|score|weight|depth|width|area)\b|\bwhat (?:is|was|were|are) the (?:\w+\s+)?(?:number|sum|amount|price|cost|salary|distance|population|percentage|height|length|age|speed|rate|weight|area|size)\b/i;
const TIME =
  /\bwhen\b|\b(?:what|which)\s+(?:\w+\s+)?(?:year|date|day|month|century|decade|time|hour)\b|\bhow long ago\b/i;
const NAME =
  /\bwho(?:m|se)?\b|\bnames?\b|\b(?:what|which) (?:person|man|woman|king|queen|author|scientist|president|general|company|organization|team|ship|book|group|party)\b/i;
const PLACE =
  /\bwhere\b|\b(?:what|which)\s+(?:\w+\s+)?(?:city|town|country|place|state|county|region|address|river|street|continent|island|village|nation)\b/i;

const PRONOUN =
  /\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|then|so|one|ones|such|same|former|latter)\b/i;

/** Takes a question apart. `context` is the conversation before it. */
export function readQuestion(given: string, context: readonly Turn[] = []): Question {
  const text = withoutOrders(given);
  const before = context.findLast(({ role, content }) => role === "user" && content.trim() !== "")?.content;
  const leans =
    before !== undefined &&
    (PRONOUN.test(text) || text.split(/\s+/).length < 7 || /^\s*(?:and|but|so|or)\b/i.test(text));
  const search = leans ? `${withoutOrders(before)} ${text}` : text;
  return { text, search, kind: kindOf(text), names: namesIn(text), years: yearsOf(text) };
}

/** The sentences that ask something, where others try to give orders; the text as it is where none does. */
function withoutOrders(given: string): string {
  const text = given.trim();
  if (!ORDERS.some((order) => order.test(text))) return text;
  const parts = text.split(/(?<=[.!?])\s+|\n+/);
  return parts.filter((part) => ASKS.test(part) && !ORDERS.some((order) => order.test(part))).join(" ");
}

function kindOf(text: string): AnswerKind {
  if (TIME.test(text)) return "time";
  if (NUMBER.test(text)) return "number";
  if (NAME.test(text)) return "name";
  return PLACE.test(text) ? "place" : "open";
}

/** Capitalised words within a sentence, and numbers. */
function namesIn(text: string): string[] {
  const names = text
    .split(/(?<=[.!?])\s+/)
    .flatMap((sentence) =>
      (sentence.match(/[\p{L}\p{N}'’]+/gu) ?? []).filter(
        (word, at) => /^\d/.test(word) || (at > 0 && /^\p{Lu}/u.test(word) && !/^I(?:['’]|$)/.test(word)),
      ),
    );
  return [...new Set(names.flatMap((name) => contentTokens(name).map(({ stem }) => stem)))];
}

function yearsOf(text: string): number[] {
  const years = [...text.matchAll(/\b(1[0-9]{3}|20[0-9]{2})(?:s|'s|’s)?\b/g)].map(([, year]) => Number(year));
  const centuries = [...text.matchAll(/\b(1[0-9]|2[0-1])(?:st|nd|rd|th)[\s-]centur/gi)].map(
    ([, count]) => (Number(count) - 1) * 100 + 1,
  );
  return [...years, ...centuries];
}
