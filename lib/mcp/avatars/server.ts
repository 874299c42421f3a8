import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerOptions,
} from "@modelcontextprotocol/server";
import type { AskablePersona } from "#lib/corpora";
import { logFailure } from "#lib/http";
import type { AccessGrant } from "#lib/oauth";
import { OPERATIONS, type Operation, type Persona, PersonaError, wantedTools } from "#lib/personas";
import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Services } from "#lib/services";
import { failedWith, TEXTS } from "../results.ts";
import { createServe } from "../serve.ts";

type Exchange = { services: Services; grant: AccessGrant; persona: AskablePersona; requestId: string };

/** Answers one message to an avatar's endpoint. */
export const serveAvatar = createServe(createServer);

function createServer(exchange: Exchange): Server {
  const { config } = exchange.persona;
  const wanted = wantedTools(config);
  const operations = OPERATIONS.filter(({ name }) => !wanted || wanted.includes(name));
  const options: ServerOptions = {
    capabilities: { tools: { listChanged: false } },
    instructions: `Answers from the writings of ${config.name} alone, with the page of every quote, and says when they do not cover a question.`,
    cacheHints: {
      "tools/list": { ttlMs: 300_000, cacheScope: "private" },
      "server/discover": { ttlMs: 300_000, cacheScope: "private" },
    },
  };
  const server = new Server(
    { name: config.mcp?.name ?? `avatar-${config.id}`, title: config.name, version: config.mcp?.version ?? "1.0.0" },
    options,
  );
  let calls = 0;
  server.setRequestHandler("tools/list", ({ params }) => {
    if (params?.cursor !== undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such cursor.");
    return { tools: operations.map(listed) };
  });
  server.setRequestHandler("tools/call", ({ params }) => {
    const operation = operations.find(({ name }) => name === params.name);
    if (!operation) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no tool of that name.");
    // Of a batch each call is a row of its own.
    const id = calls++ === 0 ? exchange.requestId : newId("req", exchange.services.clock.now());
    return call(operation, params.arguments, exchange, id);
  });
  return server;
}

function listed({ name, title, description, inputSchema, outputSchema }: Operation) {
  const securitySchemes = [{ type: "oauth2", scopes: ["personas:read"] }];
  const annotations = { title, readOnlyHint: true, destructiveHint: false, openWorldHint: false };
  return { name, title, description, inputSchema, outputSchema, annotations, _meta: { securitySchemes } };
}

/** One call: rate limit → parse → meter → work. Never rejects; a unit is kept for an answer alone. */
async function call(operation: Operation, given: unknown, exchange: Exchange, id: string): Promise<CallToolResult> {
  const { services, grant, persona } = exchange;
  const metered = services.quotas.personas.begin({
    id,
    organizationId: grant.organizationId,
    connectionId: grant.connectionId,
    userId: grant.userId,
    channel: "mcp",
    tool: operation.name,
    client: grant.clientName,
    at: services.clock.now(),
  });
  try {
    const rate = await services.quotas.rates.mcp(grant.userId);
    if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
    const structuredContent = await operation.run(
      paying(persona, () => metered.take(persona.id)),
      given,
    );
    const { passages, refusal } = structuredContent;
    const nothing = refusal !== undefined || (Array.isArray(passages) && passages.length === 0);
    metered.settle(nothing ? "not_covered" : "answered");
    return { content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent };
  } catch (thrown) {
    if (thrown instanceof PersonaError && thrown.code === "invalid_input") {
      metered.block("invalid_parameter");
      return failedWith(thrown.message);
    }
    const error = isAppError(thrown) ? thrown : new AppError("internal", { cause: thrown });
    if (CATALOG[error.code].status >= 500) logFailure(services, id, error);
    metered.fail(error);
    return failedWith(sentence(error, id));
  }
}

/** Takes the unit when the arguments were read and the work begins, and not before. */
function paying(persona: AskablePersona, take: () => Promise<void>): Persona {
  return {
    config: persona.config,
    query: async (...given) => {
      await take();
      return persona.query(...given);
    },
    answer: async (...given) => {
      await take();
      return persona.answer(...given);
    },
    info: async () => {
      await take();
      return persona.info();
    },
  };
}

function sentence(error: AppError, requestId: string): string {
  if (error.code === "quota_exceeded") return TEXTS.quotaExceeded("avatar");
  if (error.code === "rate_limited") return TEXTS.rateLimited(error.retryAfterSeconds ?? 1);
  if (CATALOG[error.code].status < 500) return `${error.message} ${CATALOG[error.code].cure}`;
  return error.code === "internal" ? TEXTS.failed(requestId) : TEXTS.unavailable(requestId);
}
