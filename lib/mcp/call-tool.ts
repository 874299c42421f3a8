import type { CallToolResult } from "@modelcontextprotocol/server";
import type { z } from "zod";
import { logFailure } from "#lib/http";
import { AppError, CATALOG, isAppError } from "#lib/platform/errors";
import { meterRequest } from "#lib/quotas";
import type { CallContext, Tool } from "./define-tool.ts";
import { answered, refused } from "./results.ts";

/**
 * One call of a tool. The order is the contract, as with the HTTP endpoints: scope → rate limit → parse → meter → work.
 * Whatever is refused before the meter costs nothing and is recorded as blocked; whatever fails of ours after it gives
 * its unit back. Never rejects.
 */
export async function callTool(
  tool: Tool,
  given: unknown,
  context: CallContext,
  requestId: string,
): Promise<CallToolResult> {
  const { services, grant } = context;
  const metered = meterCall(tool, context, requestId);
  try {
    if (!grant.scopes.includes(tool.scope)) throw new AppError("insufficient_scope", { fields: { scope: tool.scope } });
    const rate = await services.quotas.rates.mcp(grant.userId);
    if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
    const { units, run } = tool.prepare(parse(tool.input, given));
    await metered.take(units);
    const ran = await run(context);
    metered.settle(ran.outcome ? [ran.outcome] : []);
    return answered(ran);
  } catch (thrown) {
    const error = isAppError(thrown) ? thrown : new AppError("internal", { cause: thrown });
    if (CATALOG[error.code].status >= 500) logFailure(services, requestId, error);
    if (tool.subject) metered.fail(error);
    return refused(error, tool, context, requestId);
  }
}

/** The row of a call in the analytics that the HTTP API writes too. */
export function meterCall(tool: Tool, { services, grant }: CallContext, requestId: string) {
  return meterRequest(services.quotas, {
    id: requestId,
    organizationId: grant.organizationId,
    connectionId: grant.connectionId,
    userId: grant.userId,
    channel: "mcp",
    tool: tool.name,
    client: grant.clientName,
    at: services.clock.now(),
  });
}

/** Throws AppError naming the argument that is unknown or not valid. */
function parse(schema: z.ZodObject, given: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path[0];
  const parameter = printable(String(name ?? "arguments"));
  if (issue?.code === "unrecognized_keys") throw new AppError("unknown_parameter", { fields: { parameter } });
  throw new AppError("invalid_parameter", {
    fields: { parameter, expected: issue?.message ?? "see the input schema" },
  });
}

// It came from outside and goes into a sentence.
function printable(text: string): string {
  return text.slice(0, 40).replace(/[^\w.-]/g, "?");
}
