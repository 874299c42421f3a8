/**
 * The HTTP surface: handlers of the form (Request, Services) → Response that know neither Next nor a server. Every
 * failure becomes a problem document or, for an <img>, a picture with the same status; nothing else leaves.
 */
export type { Handler } from "./handler.ts";
export { findMount, HOT_MOUNTS, nextRoute } from "./mounts.ts";
export { sendResponse, toRequest } from "./node-adapter.ts";
