import type { Tool } from "../define-tool.ts";
import { getProfile } from "./get-profile.ts";
import { getProfileAvatar } from "./get-profile-avatar.ts";
import { getPublishableKey } from "./get-publishable-key.ts";

/** In the order in which clients list them. */
export const TOOLS: readonly Tool[] = [getProfileAvatar, getProfile, getPublishableKey];

export function findTool(name: unknown): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name);
}
