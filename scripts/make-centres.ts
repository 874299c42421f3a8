/**
 * Makes lib/personas/embedding/centres.bin: the mean vector of questions and the mean vector of statements, in general.
 * What all questions have in common says nothing of what is asked, so it is taken out of a question's vector before it is
 * compared; the same with statements, as long as a corpus is too small to have a mean of its own.
 */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DIMENSIONS, ENCODER_ID, loadSentenceEncoder } from "../lib/personas/embedding/sentence-encoder.ts";
import { encodeSections } from "../lib/personas/retrieval/sections-file.ts";

const TARGET = path.join(import.meta.dirname, "../lib/personas/embedding/centres.bin");

const TOPICS =
  `the war; education; the price of bread; the old bridge; music; medicine; a friend's letter; the election; the river;
  faith; trade; the law; machines; the harvest; marriage; the city; the stars; money; children; the press; freedom; the army; poetry; work;
  the sea; justice; science; memory; taxes; travel; language; the church; animals; health; the island; painting; crime; winter; the king;
  the factory`
    .split(";")
    .map((topic) => topic.trim());
const QUESTIONS = [
  "What do you think of TOPIC?",
  "Why is TOPIC important?",
  "When did TOPIC change?",
  "Who was responsible for TOPIC?",
  "How did people speak of TOPIC?",
  "Where can one learn more of TOPIC?",
  "What happened to TOPIC in the end?",
  "How many people cared about TOPIC?",
  "Do you believe that TOPIC will last?",
  "What is the name of the person who began with TOPIC?",
  "Which year was the best for TOPIC?",
  "What did they say against TOPIC?",
];
const STATEMENTS = [
  "In those years TOPIC was spoken of in every house, and few agreed about it.",
  "It was TOPIC that mattered most to them.",
  "They had known TOPIC for a long time before anybody wrote of it.",
  "Nobody who has seen it will forget what became of TOPIC in the years that followed.",
  "I have always held that TOPIC deserves more care than it is given.",
  "The report of 1871 says little of TOPIC, and nothing that is new.",
  "After long debate the members decided to leave TOPIC as it was.",
  "Some said that TOPIC was the cause, others that it was only a sign.",
  "Without TOPIC the plan could not have been carried out.",
  "He gave three reasons, and TOPIC was the last of them.",
  "The first chapter treats of TOPIC and the second of its effects.",
  "At the same time TOPIC cost far more than had been expected.",
];

const encoder = await loadSentenceEncoder();
const [questions, statements] = [await meanOf(QUESTIONS), await meanOf(STATEMENTS)];
await writeFile(TARGET, encodeSections(`centres ${ENCODER_ID}`, {}, { questions, statements }));

async function meanOf(templates: readonly string[]): Promise<Float32Array> {
  const encoded = await encoder.encode(
    templates.flatMap((template) => TOPICS.map((topic) => template.replace("TOPIC", topic))),
  );
  const mean = new Float32Array(DIMENSIONS);
  for (const { vector } of encoded)
    for (const [at, value] of vector.entries()) mean[at] = (mean[at] ?? 0) + value / encoded.length;
  return mean;
}
