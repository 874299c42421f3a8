const ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Languages of LinkedIn whose months are words; spreadsheets rewrite "12 Mar 2024" in the user's own. */
const LOCALES = "en de fr es it pt nl sv da nb fi pl cs ro tr id ru uk".split(" ");

const NAMED_MONTH = /^(\d{1,2})[\s.\-/]*(?:de )?(\p{L}[\p{L}\p{M}]*)[\s.,\-/]*(?:de )?(\d{4}|\d{2})$/u;
const MONTH_FIRST = /^(\p{L}[\p{L}\p{M}]*)[\s.]*(\d{1,2})[\s,]+(\d{4})$/u;
const YEAR_FIRST = /^(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D{0,3}$/;
const NUMBERS = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/;

/**
 * The day in a cell of the column Connected On, as `2024-03-12`; undefined for what cannot be understood for
 * certain ("03/04/2024" is March or April), which is no reason to refuse a person.
 */
export function parseConnectedOn(text: string): string | undefined {
  const clean = text.trim().normalize("NFC").toLowerCase();
  if (clean === "" || clean.length > 40) return undefined;
  const named = NAMED_MONTH.exec(clean);
  if (named) return day(fullYear(Number(named[3])), monthNumber(named[2]), Number(named[1]));
  const yearFirst = YEAR_FIRST.exec(clean);
  if (yearFirst) return day(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]));
  const monthFirst = MONTH_FIRST.exec(clean);
  if (monthFirst) return day(Number(monthFirst[3]), monthNumber(monthFirst[1]), Number(monthFirst[2]));
  const numbers = NUMBERS.exec(clean);
  if (!numbers) return undefined;
  const [a, b, year] = [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
  if (a === b || a > 12) return day(year, b, a);
  return b > 12 ? day(year, a, b) : undefined;
}

function day(year: number, month: number, dayOfMonth: number): string | undefined {
  if (year < 1990 || month < 1 || month > 12 || dayOfMonth < 1) return undefined;
  if (dayOfMonth > 28 && dayOfMonth > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  return `${year}-${month < 10 ? "0" : ""}${month}-${dayOfMonth < 10 ? "0" : ""}${dayOfMonth}`;
}

// LinkedIn opened in 2003: two digits are a year of this century.
function fullYear(year: number): number {
  return year < 100 ? 2000 + year : year;
}

let localNames: Map<string, number> | undefined;

/** 1 to 12; 0 for a word that is no month, or different months in two languages. */
function monthNumber(word = ""): number {
  const english = ENGLISH.indexOf(word) + 1;
  if (english > 0) return english;
  // 70 ms for the names of all languages: only when a file needs them.
  localNames ??= monthNames();
  return localNames.get(word) ?? 0;
}

function monthNames(): Map<string, number> {
  const names = new Map<string, number>();
  for (const locale of LOCALES) {
    for (const style of ["long", "short"] as const) {
      // Asked for with a day, since Slavic languages then say "of March".
      const format = new Intl.DateTimeFormat(locale, { day: "numeric", month: style, timeZone: "UTC" });
      for (let month = 1; month <= 12; month++) {
        const parts = format.formatToParts(Date.UTC(2024, month - 1, 1));
        const name = parts
          .find(({ type }) => type === "month")
          ?.value.toLowerCase()
          .normalize("NFC")
          .replace(/\.$/, "");
        if (name === undefined || /\d/.test(name)) continue;
        names.set(name, names.has(name) && names.get(name) !== month ? 0 : month);
      }
    }
  }
  return names;
}
