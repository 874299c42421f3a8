const DENIAL = /\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|hardly|except)\b|n['’]t\b/i;

/** Whether a question denies something and the text that would answer it denies nothing: it speaks of something else. */
export const deniesAlone = (question: string, text: string): boolean => DENIAL.test(question) && !DENIAL.test(text);
