/** Porter's stemmer for English (M. F. Porter, "An algorithm for suffix stripping", 1980): lower-case word in, stem out. */

const CONSONANT = "[^aeiou]";
const VOWEL = "[aeiouy]";
const CONSONANTS = `${CONSONANT}[^aeiouy]*`;
const VOWELS = `${VOWEL}[aeiou]*`;
const MEASURE_OVER_0 = new RegExp(`^(${CONSONANTS})?${VOWELS}${CONSONANTS}`);
const MEASURE_1 = new RegExp(`^(${CONSONANTS})?${VOWELS}${CONSONANTS}(${VOWELS})?$`);
const MEASURE_OVER_1 = new RegExp(`^(${CONSONANTS})?${VOWELS}${CONSONANTS}${VOWELS}${CONSONANTS}`);
const HAS_VOWEL = new RegExp(`^(${CONSONANTS})?${VOWEL}`);
const SHORT_END = new RegExp(`^${CONSONANTS}${VOWEL}[^aeiouwxy]$`);

const STEP_2: Readonly<Record<string, string>> = {
  ational: "ate",
  tional: "tion",
  enci: "ence",
  anci: "ance",
  izer: "ize",
  bli: "ble",
  alli: "al",
  entli: "ent",
  eli: "e",
  ousli: "ous",
  ization: "ize",
  ation: "ate",
  ator: "ate",
  alism: "al",
  iveness: "ive",
  fulness: "ful",
  ousness: "ous",
  aliti: "al",
  iviti: "ive",
  biliti: "ble",
  logi: "log",
};
const STEP_3: Readonly<Record<string, string>> = {
  icate: "ic",
  ative: "",
  alize: "al",
  iciti: "ic",
  ical: "ic",
  ful: "",
  ness: "",
};
const ENDS_2 = new RegExp(`^(.+?)(${Object.keys(STEP_2).join("|")})$`);
const ENDS_3 = new RegExp(`^(.+?)(${Object.keys(STEP_3).join("|")})$`);
const ENDS_4 = /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;

const known = new Map<string, string>();
// A corpus has some ten thousand words; what is beyond is noise that need not be remembered.
const MOST_KNOWN = 200_000;

export function stem(word: string): string {
  const remembered = known.get(word);
  if (remembered !== undefined) return remembered;
  const stemmed = compute(word);
  if (known.size < MOST_KNOWN) known.set(word, stemmed);
  return stemmed;
}

function compute(given: string): string {
  if (given.length < 3 || !/^[a-z]+$/.test(given)) return given;
  let word = given.startsWith("y") ? `Y${given.slice(1)}` : given;
  word = plural(word);
  word = pastAndProgressive(word);
  const y = /^(.+?)y$/.exec(word);
  if (y?.[1] && HAS_VOWEL.test(y[1])) word = `${y[1]}i`;
  word = suffix(word, ENDS_2, STEP_2);
  word = suffix(word, ENDS_3, STEP_3);
  word = lastSuffix(word);
  const e = /^(.+?)e$/.exec(word)?.[1];
  if (e && (MEASURE_OVER_1.test(e) || (MEASURE_1.test(e) && !SHORT_END.test(e)))) word = e;
  if (word.endsWith("ll") && MEASURE_OVER_1.test(word)) word = word.slice(0, -1);
  return word.startsWith("Y") ? `y${word.slice(1)}` : word;
}

function plural(word: string): string {
  if (/^.+?(ss|i)es$/.test(word)) return word.slice(0, -2);
  if (/^.+?[^s]s$/.test(word)) return word.slice(0, -1);
  return word;
}

function pastAndProgressive(word: string): string {
  const eed = /^(.+?)eed$/.exec(word)?.[1];
  if (eed) return MEASURE_OVER_0.test(eed) ? word.slice(0, -1) : word;
  const base = /^(.+?)(ed|ing)$/.exec(word)?.[1];
  if (!base || !HAS_VOWEL.test(base)) return word;
  if (/(at|bl|iz)$/.test(base)) return `${base}e`;
  if (/([^aeiouylsz])\1$/.test(base)) return base.slice(0, -1);
  return SHORT_END.test(base) ? `${base}e` : base;
}

function suffix(word: string, ends: RegExp, replacements: Readonly<Record<string, string>>): string {
  const [, base, end] = ends.exec(word) ?? [];
  if (!base || !end || !MEASURE_OVER_0.test(base)) return word;
  return base + replacements[end];
}

function lastSuffix(word: string): string {
  const base = ENDS_4.exec(word)?.[1];
  if (base) return MEASURE_OVER_1.test(base) ? base : word;
  const ion = /^(.+?[st])ion$/.exec(word)?.[1];
  return ion && MEASURE_OVER_1.test(ion) ? ion : word;
}
