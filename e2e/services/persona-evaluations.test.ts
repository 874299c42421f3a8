import { expect, test } from "vitest";
import { person } from "../support/person.ts";
import { bytesOf, ON_SALT, readyPersona } from "../support/personas.ts";
import { testServices, workspace } from "../support/services.ts";

const question = (id: string, more: object) => JSON.stringify({ id, ...more });
const QUESTIONS = [
  question("q1", {
    question: "Why is the salt tax unjust?",
    style: "near",
    gold: [{ document: "on salt", quote: "The tax on salt falls on the poor more than on the rich" }],
    must_include: ["unjust"],
  }),
  question("q2", { question: "Who wrote the symphony in D minor?", kind: "uncovered" }),
  question("q3", { question: "Who painted the ceiling of the chapel?", kind: "uncovered" }),
].join("\n");

const file = (text: string | Uint8Array, fileName = "questions.jsonl") => ({
  fileName,
  bytes: typeof text === "string" ? bytesOf(text) : text,
});

test("a persona is asked questions whose answers are known, and what it made of them is kept for its workspace", async () => {
  const services = await testServices();
  const { personas } = services;
  const { id } = await workspace(services);
  const [admin, member, stranger] = [
    await person(services, { [id]: "admin" }),
    await person(services, { [id]: "member" }),
    await person(services),
  ];
  const persona = await readyPersona(services, id, { "on salt.md": ON_SALT });

  await expect(personas.evaluate(member, id, persona.id, file(QUESTIONS))).rejects.toMatchObject({
    code: "role_too_low",
  });
  await expect(personas.evaluations(stranger, id, persona.id)).rejects.toMatchObject({
    code: "organization_not_found",
  });
  await personas.evaluate(admin, id, persona.id, file(QUESTIONS));
  expect(await personas.evaluations(member, id, persona.id)).toMatchObject([
    { status: "waiting", questions: 3, asked: 0, report: null },
  ]);
  expect(await personas.readers.readNow(persona.id)).toBe(true);

  const [evaluation] = await personas.evaluations(member, id, persona.id);
  expect(evaluation).toMatchObject({ status: "done", fileName: "questions.jsonl", problem: null });
  expect(evaluation?.report).toMatchObject({
    questions: 3,
    retrieval: { near: { questions: 1, recall5: 1, bm25: { recall5: 1 } } },
    answered: { near: { questions: 1, share: 1 } },
    refused: { uncovered: { questions: 2, share: 1 } },
    answers_hold: { questions: 1, share: 1 },
    claims_without_citation: 0,
  });
  expect(evaluation?.report?.quotes.verbatim).toBe(evaluation?.report?.quotes.count);
  expect(await personas.readers.readNow(persona.id)).toBe(false);
});

test.each([
  ["no JSON", "Why is the salt tax unjust?", "line 1: it is no JSON"],
  ["a question without its words", `${QUESTIONS}\n{"id":"q4"}`, "line 4: question: "],
  ["nothing", "\n\n", "there is no question in it"],
  ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x00]), "it is no text in UTF-8"],
  [
    "more questions than are taken at once",
    Array.from({ length: 501 }, (_, at) => question(`q${at}`, { question: "Why?" })).join("\n"),
    "it has 501 questions, and 500 are taken at once",
  ],
])("a file that holds %s is refused with what is wrong, and nothing is kept", async (_, content, problem) => {
  const services = await testServices();
  const { id } = await workspace(services);
  const persona = await readyPersona(services, id);
  await expect(services.personas.evaluate("operator", id, persona.id, file(content))).rejects.toMatchObject({
    code: "evaluation_invalid",
    message: expect.stringContaining(problem),
  });
  expect(await services.personas.evaluations("operator", id, persona.id)).toEqual([]);
});

test("an evaluation that ends its process again and again is given up, and the persona goes on", async () => {
  const services = await testServices();
  const { personas } = services;
  const { id } = await workspace(services);
  const persona = await readyPersona(services, id);
  await personas.evaluate("operator", id, persona.id, file(QUESTIONS));
  // As three processes that were killed over it leave it.
  await services.db.query("update persona_evaluation set attempts = 3 where organization_id = $1", [id]);
  expect(await personas.readers.readNow(persona.id)).toBe(true);
  expect(await personas.evaluations("operator", id, persona.id)).toMatchObject([
    { status: "failed", problem: "It failed again and again and was given up." },
  ]);
  expect(await personas.get("operator", id, persona.id)).toMatchObject({ status: "ready" });
});

test("what has nothing to answer from, or comes with the program, is not evaluated; the last ten are kept", async () => {
  const services = await testServices();
  const { personas } = services;
  const { id } = await workspace(services);
  const empty = await personas.create("operator", id, { name: "Ann Lee" });
  await expect(personas.evaluate("operator", id, empty.id, file(QUESTIONS))).rejects.toMatchObject({
    code: "persona_not_ready",
  });
  const persona = await readyPersona(services, id, undefined, "Eve Moor");
  const made: string[] = [];
  for (let n = 0; n < 12; n++) made.push(await personas.evaluate("operator", id, persona.id, file(QUESTIONS, `${n}`)));
  const kept = await personas.evaluations("operator", id, persona.id);
  expect(kept.map((one) => one.id)).toEqual(made.reverse().slice(0, 10));
});
