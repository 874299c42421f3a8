/** What a form of one workspace is signed for. */
export function workspaceFormPurpose(organizationId: string): string {
  return `workspace ${organizationId}`;
}
