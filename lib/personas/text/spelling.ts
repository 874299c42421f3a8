/**
 * Spellings of the 17th to 19th century, and British ones, brought to one form for matching. The text itself is never
 * changed: what is shown is what was written.
 */
const WORDS: Readonly<Record<string, string>> = {
  expence: "expense",
  expences: "expenses",
  shew: "show",
  shews: "shows",
  shewed: "showed",
  shewn: "shown",
  shewing: "showing",
  chuse: "choose",
  chuses: "chooses",
  chusing: "choosing",
  publick: "public",
  connexion: "connection",
  connexions: "connections",
  reflexion: "reflection",
  reflexions: "reflections",
  compleat: "complete",
  antient: "ancient",
  antients: "ancients",
  controul: "control",
  surprize: "surprise",
  surprized: "surprised",
  encrease: "increase",
  encreased: "increased",
  cloathing: "clothing",
  cloaths: "clothes",
  gaol: "jail",
  gaols: "jails",
  waggon: "wagon",
  waggons: "wagons",
  spake: "spoke",
  begat: "begot",
  saith: "says",
  sayeth: "says",
  maketh: "makes",
  goeth: "goes",
  cometh: "comes",
  mankinde: "mankind",
  burthen: "burden",
  burthens: "burdens",
  burthened: "burdened",
  musick: "music",
  logick: "logic",
  physick: "physic",
  cypher: "cipher",
  defence: "defense",
  offence: "offense",
  licence: "license",
  pretence: "pretense",
  grey: "gray",
  judgement: "judgment",
  plough: "plow",
  enquire: "inquire",
  enquiry: "inquiry",
  enquiries: "inquiries",
  centre: "center",
  centres: "centers",
  theatre: "theater",
  sceptic: "skeptic",
  sceptical: "skeptical",
  programme: "program",
  ageing: "aging",
  cheque: "check",
  jewellery: "jewelry",
  travelled: "traveled",
  traveller: "traveler",
  travellers: "travelers",
  labelled: "labeled",
  modelling: "modeling",
};
const known = new Map<string, string>(Object.entries(WORDS));

const OUR =
  /^(arm|behavi|cand|cl[a]m|col|demean|endeav|fav|flav|glam|harb|hon|hum|lab|neighb|od|parl|ranc|rig|rum|sav|splend|succ|tum|val|vap|vig)our(s|ed|ing|able|ably|er|ers|ite|ites|less|ful|hood|hoods|ly|y)?$/;

export function modernSpelling(word: string): string {
  const whole = known.get(word);
  if (whole !== undefined) return whole;
  if (word.length < 6) return word;
  const our = OUR.exec(word);
  if (our) return `${our[1]}or${our[2] ?? ""}`;
  return ISE.test(word) && !NOT_IZE.test(word) ? word.replace(/is(e|ed|es|ing|ation|ations)$/, "iz$1") : word;
}

// organise, organisation; not every word that ends so is one of them.
const ISE = /^[a-z]{2,}(al|an|ar|as|at|er|gn|ic|id|il|in|it|iv|og|om|on|or|th|ut|ym)is(e|ed|es|ing|ation|ations)$/;
const NOT_IZE = /^(promis|compromis|treatis|premis)/;
