import type { ProfileDescription } from "#lib/profiles";

/**
 * A person as Markdown, for a model to quote. What people wrote of themselves stays in its place: on one line, or as a
 * quotation, so that it cannot pass for a part of the document.
 */
export function profileMarkdown(person: ProfileDescription): string {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ") || person.username;
  const facts = [
    ["Location", person.location],
    ["Industry", person.industry],
    ["LinkedIn", person.linkedin_url],
    ["Picture", person.picture_url],
    ["Open to work", yesOrNo(person.open_to_work)],
    ["Premium", yesOrNo(person.premium)],
    ["Verified", yesOrNo(person.verified)],
  ].filter(([, value]) => value !== undefined);
  return [
    `## ${oneLine(name)}`,
    person.headline && oneLine(person.headline),
    facts.map(([label, value]) => `- ${label}: ${oneLine(value ?? "")}`).join("\n"),
    person.summary && quote(person.summary),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function yesOrNo(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? "yes" : "no";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function quote(text: string): string {
  return text
    .trim()
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => `> ${line}`)
    .join("\n");
}
