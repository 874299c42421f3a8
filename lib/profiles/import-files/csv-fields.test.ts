import { expect, test } from "vitest";
import { guessFields } from "./csv-fields.ts";

const guess = (header: string, rows: string[][] = []) =>
  guessFields(header.split("|"), rows).map((field) => field ?? "-");

test.each([
  ["en", "Record ID|First Name|Last Name|Email|Phone Number|Job Title|Company Name|Contact owner|LinkedIn URL"],
  ["de", "Datensatz-ID|Vorname|Nachname|E-Mail|Telefonnummer|Jobtitel|Name des Unternehmens|Zuständiger|LinkedIn-URL"],
  ["fr", "ID de fiche|Prénom|Nom|E-mail|Téléphone|Intitulé du poste|Nom de l’entreprise|Propriétaire|URL LinkedIn"],
  ["es", "ID de registro|Nombre|Apellidos|Correo|Teléfono|Cargo|Nombre de la empresa|Propietario|URL de LinkedIn"],
  ["pt", "ID do registro|Nome|Sobrenome|E-mail|Telefone|Cargo|Nome da empresa|Proprietário|URL do LinkedIn"],
  ["it", "ID record|Nome|Cognome|E-mail|Telefono|Qualifica|Nome azienda|Proprietario|URL di LinkedIn"],
  ["nl", "Record-ID|Voornaam|Achternaam|E-mailadres|Telefoon|Functietitel|Bedrijfsnaam|Eigenaar|LinkedIn-URL"],
  ["pl", "Identyfikator|Imię|Nazwisko|Adres e-mail|Telefon|Stanowisko|Nazwa firmy|Właściciel|Adres URL LinkedIn"],
  ["sv", "Post-ID|Förnamn|Efternamn|E-post|Telefon|Befattning|Företagsnamn|Ägare|LinkedIn-URL"],
  ["fi", "Tunnus|Etunimi|Sukunimi|Sähköposti|Puhelin|Ammattinimike|Yrityksen nimi|Omistaja|LinkedIn-URL-osoite"],
  ["ja", "レコードID|名|姓|Eメール|電話番号|役職|会社名|担当者|LinkedInのURL"],
  ["API", "hs_object_id|firstname|lastname|email|phone|jobtitle|company|hubspot_owner_id|hs_linkedin_url"],
])("HubSpot's contacts in %s are understood by their headers", (_, header) => {
  expect(guess(header)).toEqual(["-", "firstName", "lastName", "email", "-", "position", "company", "-", "url"]);
});

test("Salesforce's contacts are understood by API name and by label", () => {
  expect(
    guess("Id|FirstName|LastName|Salutation|Title|Email|MailingCity|MailingState|MailingCountry|PhotoUrl|LinkedIn__c"),
  ).toEqual(["-", "firstName", "lastName", "-", "position", "email", "city", "region", "country", "photo", "url"]);
  expect(guess("First Name|Last Name|Title|Account Name|Mailing City|Mailing Country|LinkedIn Profile")).toEqual([
    "firstName",
    "lastName",
    "position",
    "company",
    "city",
    "country",
    "url",
  ]);
  expect(guess("ID|FIRSTNAME|LASTNAME|LINKEDIN_URL__C|ACCOUNT.NAME")).toEqual([
    "-",
    "firstName",
    "lastName",
    "url",
    "company",
  ]);
});

test("a word that is the whole name in one language and a part in another is told by what stands beside it", () => {
  expect(guess("Nome|URL")).toEqual(["fullName", "url"]);
  expect(guess("Nom|Prénom|URL")).toEqual(["lastName", "firstName", "url"]);
  expect(guess("Nom|URL")).toEqual(["fullName", "url"]);
});

test("where no header says who a row is, the LinkedIn addresses in a column do", () => {
  const rows = [
    ["1", "https://www.linkedin.com/in/janedoe", "https://acme.example"],
    ["2", "", "https://www.linkedin.com/company/acme"],
  ];
  expect(guess("A|B|C", rows)).toEqual(["-", "url", "-"]);
  expect(guess("A|LinkedIn|C", rows)).toEqual(["-", "url", "-"]);
  expect(guess("A|LinkedIn Bio|C", [["1", "hello", "x"]])).toEqual(["-", "-", "-"]);
});

test("what was said of a column before outweighs its header", () => {
  const remembered = new Map([
    ["social", "url"],
    ["title", null],
  ] as const);
  expect(guessFields(["Social", "Title", "URL"], [], remembered)).toEqual(["url", null, "url"]);
});
