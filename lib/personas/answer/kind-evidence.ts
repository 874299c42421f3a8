import type { AnswerKind } from "./question.ts";

const NUMERAL =
  /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|third|quarter|twice|once|double|none|single)s?\b/i;
const TIME =
  /\b\d{3,4}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|spring|summer|autumn|winter|century|centuries|years?|days?|months?|weeks?|hours?|morning|night|after|before|during|since|until|when|while|now|then|ago)\b/i;

/**
 * Whether a text has what could answer a question of this kind and is not in the question itself: a number, a time, a
 * name. True for what no form can tell.
 */
export function hasKind(kind: AnswerKind, text: string, question: string): boolean {
  switch (kind) {
    case "open":
      return true;
    case "number":
      return NUMERAL.test(without(text, question));
    case "time":
      return TIME.test(without(text, question));
    case "name":
    case "place":
      return newName(text, question);
  }
}

/** The text without the words that the question brought along. */
function without(text: string, question: string): string {
  const own = new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => (own.has(word.toLowerCase()) ? "" : word));
}

/** A capitalised word, not at the start of a sentence, that the question does not have. */
function newName(text: string, question: string): boolean {
  const own = new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  for (const [, word = ""] of text.matchAll(/(?<=[\p{L}\p{N},;:)"'’”]\s|["“(])(\p{Lu}[\p{L}'’]+)/gu)) {
    if (!own.has(word.toLowerCase()) && word !== "I") return true;
  }
  return false;
}
