import { expect, inject, test } from "vitest";
import { createDatabase } from "../support/backend.ts";
import { person } from "../support/person.ts";
import { testConfig, testServices, workspace } from "../support/services.ts";
import { temporaryDirectory } from "../support/web-processes.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";
import { startWorkerProcess } from "../support/worker.ts";

test("H-JOB-114: what a process was sending when it was killed is sent by the next one, under the same ids", async () => {
  const database = await createDatabase(inject("backend"));
  try {
    const dataDirectory = await temporaryDirectory();
    // It takes what is sent, and does not answer.
    const receiver = await startWebhookReceiver(() => undefined);
    const config = { databaseUrl: database.url, dataDirectory, allowPrivateHosts: [receiver.host] };
    const services = await testServices(config);
    const { webhooks } = services;
    const home = await workspace(services);
    const admin = await person(services, { [home.id]: "owner" });
    const { id } = await webhooks.create(admin, home.id, { url: receiver.url, events: ["quota.80"] });
    for (let n = 0; n < 2; n++) await webhooks.deliveries.sendTest(admin, home.id, id);
    const deliveries = async () => (await webhooks.deliveries.list(admin, home.id, id)).items;

    const environment = {
      DATABASE_URL: database.url,
      AVTRZ_DATA_DIR: dataDirectory,
      AVTRZ_SECRET: testConfig().secret ?? "",
      LOG_LEVEL: "silent",
      AVTRZ_ALLOW_PRIVATE_HOSTS: receiver.host,
    };
    const first = await startWorkerProcess("webhooks", environment);
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(2);
    await first.kill();
    expect(await deliveries()).toMatchObject([1, 2].map(() => ({ state: "pending", attempts: 1, status: null })));

    receiver.answer((_, response) => void response.end("thanks"));
    // A minute later, when what the first one had taken is anybody's again.
    await startWorkerProcess("webhooks", { ...environment, CLOCK_AHEAD_MS: "61000" });
    await expect
      .poll(async () => (await deliveries()).map(({ state }) => state), { timeout: 10_000 })
      .toEqual([1, 2].map(() => "delivered"));
    const sent = receiver.received.map(({ headers, body }) => `${headers["webhook-id"]} ${body}`);
    expect(sent).toHaveLength(4);
    expect(sent.slice(2).sort()).toEqual(sent.slice(0, 2).sort());
  } finally {
    await database.remove();
  }
});
