import { handler } from "../handler.ts";

/** `GET /healthz`: the process answers. Says nothing of what it depends on, so a restart is never asked for in vain. */
export const healthz = handler({ methods: ["GET"] }, async () =>
  Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } }),
);

/** `GET /readyz`: 200 when requests can be served, 503 when not (no database, or the process is stopping). */
export const readyz = handler({ methods: ["GET"] }, async (_request, services) => {
  const database = await services.db.query("select 1").then(
    () => "ok",
    () => "unavailable",
  );
  const rateLimits = services.quotas.rates.isShared() ? "ok" : "degraded";
  const ready = database === "ok" && !services.lifecycle.stopping;
  const body = {
    status: ready ? (rateLimits === "ok" ? "ok" : "degraded") : "unavailable",
    database,
    rate_limits: rateLimits,
    stopping: services.lifecycle.stopping,
  };
  return Response.json(body, { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } });
});
