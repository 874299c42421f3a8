import { createAnalyticsOverview, createRequestLog, createSourceUsage, reconcileRollups } from "#lib/analytics";
import {
  createImportWorker,
  createPeopleImporter,
  createPhotoStore,
  createPictureReader,
  createResolver,
  createSamplePeople,
  createWorkspacePeople,
  type PurgeJob,
} from "#lib/avatars";
import { createCorpora } from "#lib/corpora";
import {
  createEnrichmentQueue,
  createEnrichmentWorker,
  createFinder,
  createProviderAsker,
  createProviderStates,
  createProviderTrial,
  createRecheck,
  createWaterfall,
  downloadPhoto,
  httpProviders,
} from "#lib/enrichment";
import {
  createKeyAdministration,
  createKeyManager,
  createKeyOverview,
  createKeyVerifier,
  createLeakReports,
  createRecentUse,
  createSignedUrls,
} from "#lib/keys";
import { createNotices, removalGrantedMail, removalRefusedMail } from "#lib/mails";
import {
  createAccessTokens,
  createAuthorizationRequests,
  createClientDocuments,
  createClients,
  createConnectionOverview,
  createConnections,
  createDecisions,
  createGrants,
  createRevocation,
  removeExpiredGrants,
} from "#lib/oauth";
import {
  createAuditLog,
  createInvitations,
  createMembers,
  createOperators,
  createOrganizations,
  createSessions,
  createSignInLinks,
  createUsers,
  createWorkspaceSettings,
  type ForgetJob,
  type Viewer,
} from "#lib/organizations";
import { createAiEmbedder } from "#lib/personas";
import { type Clock, systemClock } from "#lib/platform/clock";
import { type Config, readConfig } from "#lib/platform/config";
import { type Database, openDatabase } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { type Jobs, openJobs } from "#lib/platform/jobs";
import { openKeptFiles } from "#lib/platform/kept-files";
import { createLog, type Log } from "#lib/platform/log";
import { createMail, type Message, type SendMail } from "#lib/platform/mail";
import { connectRedis } from "#lib/platform/redis";
import { createSafeFetch, type Network } from "#lib/platform/safe-fetch";
import { createCipher, loadSecret } from "#lib/platform/secret";
import { createStorage, type Storage } from "#lib/platform/storage";
import { createLinkedInProof, createPersonalData, createRemovalRequests, createRetention } from "#lib/privacy";
import {
  createImportJobs,
  createImportMapping,
  createImportQueue,
  createImports,
  createOptOuts,
  createPeople,
  createPeopleActs,
  createPeopleList,
  createProfileViews,
  createSuppressions,
  describeProfile,
} from "#lib/profiles";
import {
  createLedger,
  createLimits,
  createMeter,
  createPersonaMeter,
  createRateLimiter,
  createUsageOverview,
  findReachedLimits,
  PLANS,
  reconcileCounters,
} from "#lib/quotas";
import { createWebhookDeliveries, createWebhookEndpoints, createWebhookSender } from "#lib/webhooks";

/** Everything that lives as long as a process; made once, here, and passed down. */
export type Services = Awaited<ReturnType<typeof createServices>>;

export type Overrides = Partial<{
  clock: Clock;
  log: Log;
  db: Database;
  storage: Storage;
  jobs: Jobs;
  mail: SendMail;
  /** What stands in for DNS and TCP; everything above them is checked as in production. */
  network: Partial<Network>;
  lookUpDeadlineMs: number;
  /** How soon an import whose worker is gone is taken up again, and how often one commits. */
  imports: { leaseSeconds?: number; batchMs?: number };
  /** What indices of personas may take of memory. */
  personaMemoryBytes: number;
  role: "web" | "worker" | "tool";
}>;

const LOOK_UP_DEADLINE_MS = 45_000;

/**
 * Builds the services over a database that exists and is migrated (`config.databaseUrl`, or `overrides.db`).
 * The only place where anything is constructed; tests put their own parts in through `overrides`.
 */
export async function createServices(config: Config, overrides: Overrides = {}) {
  const role = overrides.role ?? "web";
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel, role);
  const db = overrides.db ?? openConfiguredDatabase(config, role, log);
  const storage = overrides.storage ?? createStorage(config);
  // Said once, at the start; requests that need it are answered 503 until it is mended.
  if (role === "web")
    void storage.check().catch((error: Error) => log.error({ problem: error.message }, "the storage cannot be used"));
  const jobs = overrides.jobs ?? openJobs(db, log, role === "worker" ? "worker" : "sender");
  const cipher = createCipher(await loadSecret(config));
  const redis = await connectRedis(config);
  const outbound = createSafeFetch({ allowPrivateHosts: config.allowPrivateHosts, ...overrides.network });

  const preferImports = config.providers.indexOf("imports") <= config.providers.findIndex((name) => name !== "imports");
  const providers = httpProviders(config);
  /** Those whose answers everybody sees. */
  const providerNames = providers.filter((one) => !one.organizationBound).map(({ name }) => name);
  /** Those whose answers are the asking organization's alone. */
  const byEmail = providers.filter((one) => one.organizationBound);
  const views = createProfileViews({ db, clock });
  const imports = createImports({ db, clock });
  const suppressions = createSuppressions({ db, clock });
  const photos = createPhotoStore({ db, storage, jobs, clock, log });
  const queue = createEnrichmentQueue({ db, clock, jobs, providers: providerNames });
  const deadlineMs = overrides.lookUpDeadlineMs ?? LOOK_UP_DEADLINE_MS;
  const states = createProviderStates({ db, clock, limits: config.providerLimits });
  // A provider that says nothing leaves the others time enough.
  const optOuts = createOptOuts({ db, clock });
  const ask = createProviderAsker({
    states,
    fetch: outbound.fetch,
    hasOptedOut: optOuts.has,
    timeoutMs: Math.min(deadlineMs, Math.max(deadlineMs / 3, 5_000)),
  });
  const manager = createKeyManager({ db, clock, cipher });
  const personaMeter = createPersonaMeter({ db, log });
  const ledger = createLedger({ db, log });
  const clients = createClients({
    db,
    clock,
    findDocument: createClientDocuments({ db, clock, log, fetch: outbound.fetch }),
  });
  const personas = createCorpora({
    db,
    clock,
    log,
    storage,
    jobs,
    memoryBytes: overrides.personaMemoryBytes,
    lead: config.embedder ? createAiEmbedder(config.embedder) : null,
    makesVectors: role === "worker" && config.personaVectors,
  });
  const requests = createAuthorizationRequests({ db, clock, cipher });
  const signInLinks = createSignInLinks({ db, clock });
  const lifecycle = { stopping: false };
  const importFiles = openKeptFiles(config, "imports");
  const importJobs = createImportJobs({ db, clock, files: importFiles, wake: jobs.wake });
  const importMapping = createImportMapping({ db, clock, files: importFiles, wake: jobs.wake });
  const fetchPhoto = (url: string) => downloadPhoto(url, outbound.fetch, AbortSignal.timeout(20_000));
  const importWorker = createImportWorker({
    db,
    log,
    queue: createImportQueue({ db, clock, leaseSeconds: overrides.imports?.leaseSeconds }),
    imports,
    photos,
    files: importFiles,
    fetchPhoto,
    ...overrides.imports,
  });
  jobs.onWake(importWorker.wake);
  const workspaces = createWorkspaceSettings({ db, clock, jobs });
  const reconcile = () => reconcileCounters({ db, clock, log });
  const mail = overrides.mail ?? createMail(config);
  const notices = createNotices({
    db,
    clock,
    log,
    send: mail,
    publicUrl: config.publicUrl,
    findReachedLimits: () => findReachedLimits({ db, clock }),
  });

  const webhookSender = createWebhookSender({
    db,
    clock,
    log,
    cipher,
    fetch: outbound.fetch,
    publicUrl: config.publicUrl,
    tellDisabled: (query, { id, organizationId, url, problem }) =>
      notices.post(
        organizationId,
        {
          kind: "webhook_disabled",
          subject: `${id} ${new Date(clock.now()).toISOString()}`,
          detail: { webhookId: id, host: new URL(url).host, problem },
        },
        query,
      ),
  });
  jobs.onWake(webhookSender.wake);
  const webhookDeliveries = createWebhookDeliveries({ db, clock, publicUrl: config.publicUrl, wake: jobs.wake });
  /** Suppresses a person and deletes the pictures nobody else is shown by. */
  const suppress = async (username: string, reason: string, actor: string) => {
    const removed = await suppressions.add(username, reason, actor);
    await photos.removeUnused(removed.photos);
  };
  const removals = createRemovalRequests({
    db,
    clock,
    mailed: config.mail !== undefined || overrides.mail !== undefined,
    suppress,
  });
  const retention = createRetention({ db, clock, ...config });
  /** Whether a mail about something that is done could be sent; it is done either way. */
  const tell = (message: Message) =>
    mail(message).then(
      () => true,
      (error: Error) => {
        log.warn({ err: error }, "somebody could not be mailed what was decided");
        return false;
      },
    );
  const { publicUrl } = config;
  const linkedin = config.signIn.linkedin;

  return {
    config,
    clock,
    log,
    db,
    jobs,
    storage,
    cipher,
    /** `stopping` turns true when the process has begun to end: it answers what it has, and takes nothing new. */
    lifecycle,
    organizations: createOrganizations({ db, clock }),
    workspaces: {
      ...workspaces,
      async delete(viewer: Viewer, organizationId: string, typedName: string): Promise<void> {
        const shown = await workspaces.delete(viewer, organizationId, typedName);
        await photos.removeUnused(shown.photos);
      },
    },
    members: createMembers({ db, clock }),
    invitations: createInvitations({ db, clock }),
    users: createUsers({
      db,
      clock,
      workspace: { plan: config.defaultPlan, limits: PLANS[config.defaultPlan] },
      ownerEmail: config.ownerEmail,
    }),
    sessions: createSessions({ db, clock }),
    signInLinks,
    audit: createAuditLog({ db }),
    operators: createOperators({ db, emails: config.operatorEmails }),
    /** What people may ask for who are shown, and what is kept of requests. */
    privacy: {
      removals,
      retention,
      optOuts,
      data: createPersonalData({ db, clock, removePhotos: photos.removeUnused, suppress }),
      /** How somebody proves at once that a profile is theirs; null where that is not configured. */
      linkedin:
        linkedin && config.linkedinProfileScope
          ? createLinkedInProof({
              ...linkedin,
              scope: config.linkedinProfileScope,
              redirectUri: `${publicUrl}/remove-my-photo/linkedin/callback`,
              fetch: outbound.fetch,
            })
          : null,
      /** Grants a request and mails whoever asked. Throws AppError `removal_not_found`. */
      async grant(id: string, actor: string): Promise<{ username: string; mailed: boolean }> {
        const { username, emails } = await removals.grant(id, actor);
        const told = await Promise.all(emails.map((to) => tell(removalGrantedMail({ to, publicUrl, username }))));
        return { username, mailed: told.every(Boolean) };
      },
      /** Refuses one and mails whoever asked. Throws AppError `reason_missing`, `removal_not_found`. */
      async refuse(id: string, why: string, actor: string): Promise<{ username: string; mailed: boolean }> {
        const { username, email, reason } = await removals.refuse(id, why, actor);
        return { username, mailed: await tell(removalRefusedMail({ to: email, publicUrl, username, reason })) };
      },
    },
    mail,
    notices,
    connections: { ...createConnections({ db, clock }), ...createConnectionOverview({ db, clock }) },
    oauth: {
      /** The protected resource that the tools are (RFC 8707, RFC 9728). */
      mcpResource: `${config.publicUrl}/mcp`,
      verifyAccessToken: createAccessTokens({ db, clock, log }),
      clients,
      requests,
      decisions: createDecisions({ db, clock, issuer: config.publicUrl, requests, findClient: clients.find }),
      grants: createGrants({ db, clock, graceSeconds: config.refreshGraceSeconds }),
      revoke: createRevocation({ db, clock }),
    },
    keys: {
      verify: createKeyVerifier({ db, clock, log }),
      manager,
      /** For the people of a workspace, by their role: the manager asks nobody. */
      ...createKeyOverview({ db, clock, cipher }),
      ...createKeyAdministration({ db, clock, manager }),
      ...createRecentUse({ db, clock }),
      signedUrls: createSignedUrls({ db, clock, cipher, publicUrl: config.publicUrl }),
      leaks: createLeakReports({
        db,
        clock,
        log,
        manager,
        tellOwners: ({ organizationId, id, name, last4, url }) =>
          notices.post(organizationId, { kind: "key_leaked", subject: id, detail: { name, last4, url } }),
        keysUrl: config.leakReportKeysUrl,
        fetchBytes: async (url) =>
          (await outbound.fetch(url, { accept: "application/json", deadline: AbortSignal.timeout(5_000) })).bytes,
      }),
    },
    quotas: {
      meter: createMeter(db),
      personas: personaMeter,
      ledger,
      limits: createLimits({ db, clock }),
      ...createUsageOverview({ db, clock }),
      rates: createRateLimiter({ redis: redis?.client, clock, log, limits: config.rateLimits }),
      reconcile,
    },
    analytics: {
      ...createAnalyticsOverview({ db, clock }),
      ...createRequestLog({ db, clock }),
      ...createSourceUsage({ db }),
    },
    people: {
      list: imports.list,
      find: imports.find,
      import: createPeopleImporter({
        db,
        imports,
        photos,
        fetchPhoto,
        remembered: importMapping.remembered,
      }),
    },
    /** Files of people, taken over from a page and imported by the worker. */
    imports: {
      ...importJobs,
      mapping: importMapping,
      worker: importWorker,
      samples: createSamplePeople({ db, clock, imports, photos }),
    },
    profiles: {
      suppress,
      suppressions,
      /** The people of one workspace, for its people; by their role. */
      people: {
        ...createPeopleList({ db, clock, preferImports }),
        ...createPeople({ db, clock, preferImports }),
        ...createWorkspacePeople({ acts: createPeopleActs({ db, clock }), views, photos }),
        ...createRecheck({
          db,
          clock,
          queue,
          states,
          providers: providers.filter((one) => !one.organizationBound),
          findsByEmail: byEmail.length > 0,
        }),
      },
      async describe(organizationId: string, username: string, pictureUrl: string | null) {
        return describeProfile(await views.view(organizationId, username), preferImports, pictureUrl);
      },
    },
    avatars: {
      photos,
      look: createPictureReader({ views, preferImports }),
      resolve: createResolver({
        views,
        clock,
        preferImports,
        enrichment: {
          providers: providerNames,
          request: queue.request,
          findsByEmail: byEmail.length > 0,
          requestFinding: queue.requestFinding,
        },
      }),
    },
    enrichment: {
      worker: createEnrichmentWorker({
        db,
        clock,
        jobs,
        photos,
        providers: providerNames,
        find: createFinder({ db, clock, log, photos, providers: byEmail, ask, fetch: outbound.fetch, deadlineMs }),
        lookUp: createWaterfall({
          providers: providers.filter((provider) => !provider.organizationBound),
          ask,
          fetch: outbound.fetch,
          clock,
          log,
          download: downloadPhoto,
          deadlineMs,
        }),
      }),
      states,
      tryOut: createProviderTrial({ db, clock, providers, ask }),
      providerNames,
      /** In the order in which they are asked. */
      providers: providers.map(({ name, title, tells, organizationBound }) => ({
        name,
        title,
        tells,
        organizationBound: organizationBound === true,
      })),
    },
    personas,
    /** What a workspace's own programs are told of. */
    webhooks: {
      ...createWebhookEndpoints({ db, clock, cipher, allowPrivateHosts: config.allowPrivateHosts, wake: jobs.wake }),
      deliveries: webhookDeliveries,
      sender: webhookSender,
    },
    housekeeping: {
      /** Once a night: counters against rows; links, sessions and grants that are over; rows that were kept long enough. As they come: files of photos that were removed. Each minute: what owners are told by mail. */
      async start(): Promise<void> {
        await jobs.work<PurgeJob>("purge", 1, async ({ data }) => {
          await photos.purge(data.photos);
          return "done";
        });
        await jobs.work<ForgetJob>("forget", 1, async ({ data }) => {
          await workspaces.forget(data.organizationId);
          return "done";
        });
        await jobs.work("housekeeping", 1, async () => {
          await reconcile();
          await reconcileRollups({ db, clock, log });
          await removeExpiredGrants({ db, clock });
          await signInLinks.removeEnded();
          await notices.removeOld();
          await photos.removeUnshown();
          await importJobs.removeOld();
          await personas.removeOldAnswers();
          await removals.removeOld();
          await webhookDeliveries.removeOld();
          await retention.apply();
          return "done";
        });
        await jobs.schedule("housekeeping", "17 3 * * *");
        await jobs.work("notices", 1, async () => {
          await notices.lookAtLimits();
          await webhookDeliveries.tellOfLimits(await findReachedLimits({ db, clock }));
          await notices.sendDue();
          return "done";
        });
        await jobs.schedule("notices", "* * * * *");
      },
    },
    async close(): Promise<void> {
      await importWorker.stop();
      personas.readers.stop();
      await webhookSender.stop();
      await Promise.all([ledger.close(), personaMeter.close()]);
      await jobs.stop();
      await Promise.all([redis?.close(), outbound.close()]);
      if (!overrides.db) await db.close();
    },
  };
}

function openConfiguredDatabase(config: Config, role: string, log: Log): Database {
  if (!config.databaseUrl)
    throw new Error("createServices needs a database: set DATABASE_URL, or start through npm start");
  const onError = (error: Error) => log.debug({ err: error }, "a database connection was lost");
  // Behind the requests nobody waits at a counter: imports and housekeeping may take their time.
  const statementTimeoutMs = role === "web" ? undefined : 60_000;
  return openDatabase(config.databaseUrl, { onError, ...(statementTimeoutMs ? { statementTimeoutMs } : {}) });
}

/** Throws AppError `invalid_configuration` when this process's secret is not the one the database was set up with. */
export async function verifyInstallation({ db, cipher }: Pick<Services, "db" | "cipher">): Promise<void> {
  const [row] = await db.query<{ value: string }>(
    `with mine as (insert into installation (key, value) values ('secret_fingerprint', $1) on conflict do nothing returning value)
     select value from mine union all select value from installation where key = 'secret_fingerprint'`,
    [cipher.fingerprint],
  );
  if (row?.value === cipher.fingerprint) return;
  throw new AppError("invalid_configuration", {
    fields: {
      problem:
        "AVTRZ_SECRET is not the one this database was set up with, so its publishable keys could not be shown. Set the same AVTRZ_SECRET for every process on one database.",
    },
  });
}

const SHARED = Symbol.for("avtrz.services");
type Shared = { [SHARED]?: Promise<Services> };

/** Makes the services known to every copy of this module in the process: server.ts and Next each load their own. */
export function shareServices(services: Promise<Services>): void {
  (globalThis as Shared)[SHARED] = services;
}

/** The process's services; on a Next host without our server they are made at first use. */
export function sharedServices(): Promise<Services> {
  const shared = globalThis as Shared;
  shared[SHARED] ??= createServices(readConfig());
  return shared[SHARED];
}
