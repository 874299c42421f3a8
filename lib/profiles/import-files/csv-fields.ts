import { parseLinkedInUrl } from "../identity/linkedin-url.ts";

/** What a column of a CSV can become: who it is, a text of ImportedRow, or a part of one. */
export const CSV_FIELDS = [
  "url",
  "username",
  "fullName",
  "firstName",
  "lastName",
  "headline",
  "company",
  "position",
  "email",
  "location",
  "city",
  "region",
  "country",
  "photo",
  "connectedOn",
] as const;
export type CsvField = (typeof CSV_FIELDS)[number];

/** By column; null for one that nothing is taken from. */
export type CsvFields = readonly (CsvField | null)[];

/** Of these a list needs one: they say who a row is. */
export function namesPeople(fields: CsvFields): boolean {
  return fields.some((field) => field === "url" || field === "username");
}

/**
 * Headers as LinkedIn, HubSpot (in the languages of its accounts, and by the names of its API) and Salesforce (by label and by
 * API name) write them, without spaces, punctuation, accents and case.
 */
const HEADERS: ReadonlyMap<string, CsvField> = new Map(
  Object.entries({
    url: "url profileurl profilelink publicprofileurl memberurl profilurl",
    username: "username publicidentifier vanityname slug",
    fullName:
      "name fullname displayname contactname contact nomcomplet nombrecompleto nomecompleto volledigenaam namn nimi 氏名 名前",
    firstName:
      "firstname givenname forename vorname prenom nombre nome voornaam imie fornamn etunimi fornavn primeironome 名",
    lastName:
      "lastname surname familyname nachname familienname nom nomdefamille apellidos apellido cognome sobrenome achternaam nazwisko efternamn sukunimi etternavn efternavn 姓",
    headline: "headline tagline",
    company:
      "company companyname employer organization organisation account accountname accountnameaccountname unternehmen unternehmensname namedesunternehmens firma firmenname entreprise nomdelentreprise empresa nombredelaempresa nomedaempresa azienda nomeazienda nomedellazienda bedrijf bedrijfsnaam nazwafirmy foretag foretagsnamn yritys yrityksennimi virksomhed virksomhedsnavn 会社 会社名",
    position:
      "position title jobtitle role occupation jobtitel berufsbezeichnung positiontitel poste intituledeposte intituleduposte fonction cargo puesto titulodelpuesto qualifica posizione posizionelavorativa titolodilavoro functie functietitel functieomschrijving stanowisko jobbtitel befattning ammattinimike tehtavanimike titteli jobtitelen stilling 役職 職種",
    email:
      "email emailaddress mail emailadresse adresseemail adressemail courriel correo correoelectronico direcciondecorreo indirizzoemail emailadres adresemail epost epostadress sahkoposti sahkopostiosoite eメール メールアドレス",
    location: "location personlocation ort standort localisation ubicacion localizacao",
    city: "city mailingcity stadt ville ciudad cidade citta plaats stad miasto kaupunki by 市区町村",
    region:
      "stateregion state mailingstate mailingstateprovince mailingstatecode region bundesland bundeslandregion departementregion estadoregion estado statoregione provincie wojewodztwo 都道府県",
    country:
      "countryregion country mailingcountry mailingcountrycode land landregion pays paysregion pais paisregion paese paeseregione kraj kraj region maa 国",
    photo: "photo photourl picture pictureurl profilepicture profilepictureurl profilephoto avatar avatarurl imageurl",
    connectedOn: "connectedon",
  } satisfies Record<CsvField, string>).flatMap(([field, names]) =>
    names.split(" ").map((name): [string, CsvField] => [name, field as CsvField]),
  ),
);

/** Besides what a header says of itself, portals and reports put these words around "LinkedIn". */
const LINKEDIN_WORDS =
  /^(?:hs|my|person|personal|contact|kontakt|candidate|lead|member|prospect|primary|public|profile|profil|perfil|profilo|profiel|profili|url|link|uri|address|adres|adresse|osoite|account|page|konto|in|de|do|du|di|of|の|c)*$/;

/** Headers by which names that mean the whole in one language and a part in another are told apart. */
const WHOLE_IF_ALONE = new Set(["nome", "nombre", "nom"]);

/** A header as it is looked up and remembered. */
export function headerKey(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/ł/g, "l")
    .replace(/ø/g, "o")
    .replace(/[^\p{L}\p{N}]+/gu, "")
    .normalize("NFC")
    .slice(0, 100);
}

/** What a column seems to hold, by its header alone. */
export function fieldOfHeader(name: string): CsvField | null {
  if (name.length > 60) return null;
  const key = headerKey(name);
  const field =
    HEADERS.get(key) ?? (key.endsWith("c") && /__c$/i.test(name) ? HEADERS.get(key.slice(0, -1)) : undefined);
  if (field !== undefined || !key.includes("linkedin")) return field ?? null;
  const rest = key.replace("linkedin", "");
  if (/^(?:hs|person|contact|profile)*(?:username|handle|slug|vanityname|publicid|publicidentifier)c?$/.test(rest))
    return "username";
  return LINKEDIN_WORDS.test(rest) ? "url" : null;
}

/**
 * What each column seems to hold: as this workspace last said of a column so named, else by its header, else, where no column
 * says who a row is, by the LinkedIn addresses that stand in it.
 */
export function guessFields(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  remembered: ReadonlyMap<string, CsvField | null> = new Map(),
): (CsvField | null)[] {
  const fields = names.map((name) => {
    const key = headerKey(name);
    const known = key === "" ? undefined : remembered.get(key);
    return known === undefined ? fieldOfHeader(name) : known;
  });
  for (const [at, name] of names.entries()) {
    const part = fields[at] === "firstName" || fields[at] === "lastName";
    if (!part || !WHOLE_IF_ALONE.has(headerKey(name)) || remembered.has(headerKey(name))) continue;
    const other = fields[at] === "firstName" ? "lastName" : "firstName";
    if (!fields.includes(other)) fields[at] = "fullName";
  }
  if (!namesPeople(fields)) {
    const saidNothing = (name: string) => remembered.has(headerKey(name));
    const scores = names.map((name, at) => (fields[at] === null && !saidNothing(name) ? shareOfProfiles(rows, at) : 0));
    const best = scores.indexOf(Math.max(...scores));
    if ((scores[best] ?? 0) >= 0.5) fields[best] = "url";
  }
  return fields;
}

function shareOfProfiles(rows: readonly (readonly string[])[], column: number): number {
  const values = rows.map((row) => row[column]?.trim() ?? "").filter((value) => value !== "");
  if (values.length === 0) return 0;
  return values.filter((value) => value.includes("linkedin.") && parseLinkedInUrl(value).ok).length / values.length;
}
