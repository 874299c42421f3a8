import { z } from "zod";
import { AppError, isAppError } from "#lib/platform/errors";
import { parseBody } from "../parse.ts";
import { oauthEndpoint, oauthJson } from "./respond.ts";

const MAX_BYTES = 64 * 1024;

/** `POST /oauth/register` (RFC 7591): any client may register; what it may do, a person decides. */
export const register = oauthEndpoint(async (request, services) => {
  const body = await parseBody(z.unknown(), request, MAX_BYTES).catch((error) => {
    throw isAppError(error) && (error.code === "invalid_body" || error.code === "unsupported_media_type")
      ? new AppError("invalid_client_metadata", { fields: { problem: "it is not sent as JSON" } })
      : error;
  });
  return oauthJson(await services.oauth.clients.register(body), 201);
});
