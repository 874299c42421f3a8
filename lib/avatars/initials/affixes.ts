/** Words around a name that are not the name. All lists are lower case and without dots. */

/** Titles before a name, dotted or not. Titles that are also given names ("Don", "Sri", "Lady") are left out. */
const TITLES = new Set(
  (
    "dr dra drs doctor prof professor mr mrs ms mx miss sir dame rev reverend capt captain lt sgt cmdr engr atty " +
    "dott dottssa avv mme mlle herr frau dhr mevr sra srta shri smt डॉ श्री श्रीमती ד״ר"
  ).split(" "),
);

/** Titles that are titles only with their dot: without it they are somebody's name ("Maj", "Eng", "Arch"). */
const DOTTED_TITLES = new Set(
  "eng ing dipl dipl-ing arch er adv ir mag sr hr fr gen col maj adm hon phil med rer nat habil hc د م أ أد".split(" "),
);

/** Suffixes after a name in any case. */
const SUFFIXES = new Set(
  (
    "jr sr ii iii iv phd dphil mba emba msc bsc llm llb mphil mph cpa cfa pmp csm cissp cism dds dvm pharmd edd esq " +
    "rn aprn shrm-cp shrm-scp sphr phr acca frcs facs"
  ).split(" "),
);

/** Suffixes only as spelt here, beside a name that is not all capitals: "Ma", "Do" and "Meng" are surnames. */
const SPELT_SUFFIXES = new Set(
  "MA BA MS BS MD DO JD PE PA RA EA MEng BEng MBE OBE CBE KC QC CEO CTO CFO COO".split(" "),
);

const PRONOUNS = /^(?:she|he|they|ze|any)\/\p{L}+/iu;

/** Particles that a surname may begin with; they are skipped in lower case only. */
const PARTICLES = new Set(
  (
    "von van vom zu zur zum der den de het ter ten te da das do dos du del della dello degli di des la las le les lo los " +
    "el al bin ibn binti bint abu af av y e i und and 't 's"
  ).split(" "),
);

/** An elided or hyphenated particle at the head of a word: al-Khwarizmi, d'Arc, dell'Acqua. */
const GLUED_PARTICLE = /^(?:(?:al|el)[-‐‑]|(?:a[dnrstz]|ash|d|l|dell|dall|de|bin|ibn)[-‐‑'’ʼ](?=\p{Lu}))/u;

const dotless = (word: string) => word.replaceAll(".", "");

function isTitle(word: string): boolean {
  const plain = dotless(word).toLowerCase();
  return TITLES.has(plain) || (word.endsWith(".") && DOTTED_TITLES.has(plain));
}

function isSuffix(word: string, nameHasLowerCase: boolean): boolean {
  const plain = dotless(word);
  return SUFFIXES.has(plain.toLowerCase()) || (nameHasLowerCase && SPELT_SUFFIXES.has(plain)) || PRONOUNS.test(word);
}

/** The words without titles in front and degrees, generations and pronouns behind; at least one word is left. */
export function withoutAffixes(words: readonly string[]): string[] {
  let from = 0;
  let to = words.length;
  while (to - from > 1 && isTitle(words[from] ?? "")) from++;
  const nameHasLowerCase = /\p{Ll}/u.test(words[from] ?? "");
  while (to - from > 1 && isSuffix(words[to - 1] ?? "", nameHasLowerCase)) to--;
  return words.slice(from, to);
}

/** Whether a whole word is a lower-case particle such as "van" or "de". */
export function isParticle(word: string): boolean {
  return PARTICLES.has(word.replace("’", "'"));
}

/** The word without a particle glued to its head, unless that is all there is. */
export function withoutGluedParticle(word: string): string {
  return word.replace(GLUED_PARTICLE, "") || word;
}
