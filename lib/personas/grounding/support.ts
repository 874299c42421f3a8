import { contentTokens, words } from "../text/tokenise.ts";

/** Whether quotes bear a claim out, as far as words can tell. */
export type Support = "supported" | "loose" | "unsupported";

/** The share of a claim's words that its quotes must have for it to stand in its own words. */
const OVERLAP = 0.5;

const NUMBER_WORDS: Readonly<Record<string, string>> = {
  one: "1",
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
  seven: "7",
  eight: "8",
  nine: "9",
  ten: "10",
  eleven: "11",
  twelve: "12",
  thirteen: "13",
  fourteen: "14",
  fifteen: "15",
  sixteen: "16",
  seventeen: "17",
  eighteen: "18",
  nineteen: "19",
  twenty: "20",
  thirty: "30",
  forty: "40",
  fifty: "50",
  sixty: "60",
  seventy: "70",
  eighty: "80",
  ninety: "90",
  hundred: "100",
  thousand: "1000",
  million: "1000000",
  half: "1/2",
  dozen: "12",
};
const NEGATION =
  /\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|scarcely|deny|denies|denied|refuse[sd]?|reject(?:s|ed)?|oppose[sd]?)\b|n['’]t\b/gi;

/**
 * Compares a claim with its quotes. Numbers, names and negations of the claim must be in the sentences that they stand in
 * (`unsupported` otherwise). Half of its other words must be too, and what it denies must be what they deny: else it says
 * more than they do (`loose`). `known` are words that need no proof: the person's own name and the titles of the works.
 */
export function supportOf(
  claim: string,
  quotes: readonly string[],
  sentences: readonly string[],
  known: ReadonlySet<string>,
): Support {
  const source = sentences.join(" ");
  const stems = new Set(contentTokens(source).map(({ stem }) => stem));
  const numbers = new Set(numbersIn(source));
  if (numbersIn(claim).some((number) => !numbers.has(number))) return "unsupported";
  if (namesIn(claim).some((name) => !stems.has(name) && !known.has(name))) return "unsupported";
  const denied = denials(claim);
  const deniedThere = denials(source);
  if (denied.length > 0 && deniedThere.length === 0) return "unsupported";
  if (denied.some((word) => !deniedThere.includes(word))) return "loose";
  if (denied.length === 0 && denials(quotes.join(" ")).length > 0) return "loose";
  const own = contentTokens(claim).filter(({ stem }) => !known.has(stem));
  const shared = own.filter(({ stem }) => stems.has(stem)).length;
  return own.length === 0 || shared / own.length >= OVERLAP ? "supported" : "loose";
}

/** What each negation denies: the stem of the next word of meaning, empty at the end. */
function denials(text: string): string[] {
  return [...text.matchAll(NEGATION)].map(
    (found) => contentTokens(text.slice(found.index + found[0].length))[0]?.stem ?? "",
  );
}

/** Digits as they stand and numbers in words; "one" is left out, for it is a pronoun as often. */
function numbersIn(text: string): string[] {
  return words(text.replace(/(?<=\d),(?=\d{3})/g, "")).flatMap((word) => {
    if (/\d/.test(word)) return [word.replace(/(?<=\d)(?:st|nd|rd|th|s)$/, "")];
    const number = word === "one" ? undefined : NUMBER_WORDS[word];
    return number ? [number] : [];
  });
}

/** Capitalised words within a sentence, and words in capitals wherever they stand, as stems. */
function namesIn(text: string): string[] {
  return text
    .split(/(?<=[.!?:])\s+/)
    .flatMap((sentence) =>
      (sentence.match(/[\p{L}\p{N}'’]+/gu) ?? [])
        .filter(
          (word, at) => /^\p{Lu}{2,}/u.test(word) || (at > 0 && /^\p{Lu}/u.test(word) && !/^I(?:['’]|$)/.test(word)),
        )
        .flatMap((word) => contentTokens(word).map(({ stem }) => stem)),
    );
}
