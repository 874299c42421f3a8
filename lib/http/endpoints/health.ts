import { z } from "zod";
import { handler } from "../handler.ts";

export const HealthAnswer = z.object({ status: z.literal("ok") });
export const ReadinessAnswer = z.object({
  status: z.enum(["ok", "degraded", "unavailable"]),
  database: z.enum(["ok", "unavailable"]),
  rate_limits: z.enum(["ok", "degraded"]).describe("Degraded: Redis is away, and each process counts for itself."),
  stopping: z.boolean(),
});

/** `GET /healthz`: the process answers. Says nothing of what it depends on, so a restart is never asked for in vain. */
export const healthz = handler({ methods: ["GET"] }, async () =>
  Response.json({ status: "ok" } satisfies z.infer<typeof HealthAnswer>, { headers: { "cache-control": "no-store" } }),
);

/** `GET /readyz`: 200 when requests can be served, 503 when not (no database, or the process is stopping). */
export const readyz = handler({ methods: ["GET"] }, async (_request, services) => {
  const database = await services.db.query("select 1").then(
    () => "ok" as const,
    () => "unavailable" as const,
  );
  const rateLimits = services.quotas.rates.isShared() ? "ok" : "degraded";
  const ready = database === "ok" && !services.lifecycle.stopping;
  const body: z.infer<typeof ReadinessAnswer> = {
    status: ready ? (rateLimits === "ok" ? "ok" : "degraded") : "unavailable",
    database,
    rate_limits: rateLimits,
    stopping: services.lifecycle.stopping,
  };
  return Response.json(body, { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } });
});
