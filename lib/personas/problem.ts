/** What can go wrong with an avatar, in sentences for whoever runs it. `{name}` is filled from the problem's fields. */
const SENTENCES = {
  unknown_avatar: "There is no avatar {avatar} in {avatars}. {known}",
  broken_config: "{file} cannot be used:\n{problems}",
  not_processed: "The corpus of {avatar} has no index yet. Make it with: avatar-sdk process --avatar {avatar}",
  empty_corpus: "The corpus of {avatar} has no text. Add sources with: avatar-sdk add --avatar {avatar} FILE",
  old_index:
    "The index of {avatar} was made by another version of this program. Make it anew with: avatar-sdk process --avatar {avatar}",
  broken_index: "The index of {avatar} is damaged. Make it anew with: avatar-sdk process --avatar {avatar} --force",
  store_unavailable: "The store of {avatar} cannot be reached: {reason}",
  store_refused: "The store of {avatar} cannot be used: {reason}",
  busy: "Another process is indexing {avatar}. Wait until it has finished.",
  invalid_input: "{parameter} is not valid: {expected}.",
  unknown_source: "There is no source {source}.",
  exists: "{what} exists already.",
  broken_evaluation: "{file} cannot be used: {reason}",
} as const;

export type ProblemCode = keyof typeof SENTENCES;

/** A failure whose sentence may be shown to people as it is. */
export class PersonaError extends Error {
  readonly code: ProblemCode;
  readonly fields: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, fields: Record<string, string> = {}, options?: ErrorOptions) {
    super(SENTENCES[code].replace(/\{(\w+)\}/g, (_, name: string) => fields[name] ?? "").trim(), options);
    this.name = "PersonaError";
    this.code = code;
    this.fields = fields;
  }
}
