import { notFound } from "next/navigation";
import { isAppError } from "#lib/platform/errors";
import { openDashboard } from "../../../dashboard.ts";

/** What every page of one persona starts from; one that the workspace may not see is not there. */
export async function openPersona(workspaceId: string, id: string) {
  const dashboard = await openDashboard(workspaceId);
  const { services, viewer, workspace, may, page } = dashboard;
  const persona = await services.personas.get(viewer, workspace.id, id).catch((error) => {
    if (isAppError(error) && error.code === "persona_not_found") notFound();
    throw error;
  });
  return {
    dashboard,
    persona,
    own: page(`personas/${persona.id}`),
    mayChange: may("admin") && !persona.builtIn,
    way: [
      [page("personas"), "Personas"],
      [page(`personas/${persona.id}`), persona.name],
    ] as const,
  };
}
export type OpenPersona = Awaited<ReturnType<typeof openPersona>>;
