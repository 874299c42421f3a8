import { discoverOAuthProtectedResourceMetadata } from "@modelcontextprotocol/sdk/client/auth.js";
import { askJson, fetchInTime, notJson } from "./ask.ts";
import { otherAddress } from "./other-address.ts";
import { found, type Step, Trouble } from "./step.ts";

/** RFC 9728: the document that the challenge names speaks of exactly the address that was typed. */
export const protectedResource: Step = {
  name: "resource metadata",
  needs: ["challenge"],
  async run(visit) {
    const url = found(visit, "resourceMetadataUrl");
    const { origin, pathname } = new URL(visit.url);
    if (new URL(url).origin !== origin)
      throw otherAddress("The origin of resource_metadata", new URL(url).origin, origin);
    const reply = await askJson(url);
    if (reply.status !== 200) throw notJson(url, reply);
    const { resource, authorization_servers: servers } = reply.json;
    if (resource !== visit.url) throw otherAddress("resource", resource, visit.url);
    const issuer = Array.isArray(servers) ? servers[0] : undefined;
    if (typeof issuer !== "string" || !URL.canParse(issuer)) {
      throw new Trouble(
        "The document names no authorization server.",
        "It is not an Avtrz that answers, or something rewrites its answer.",
        "Check what the proxy passes on.",
      );
    }
    for (const form of [
      `${origin}/.well-known/oauth-protected-resource${pathname}`,
      `${origin}/.well-known/oauth-protected-resource`,
    ]) {
      const other = form === url ? reply : await askJson(form);
      if (other.json["resource"] !== resource)
        throw otherAddress(`resource at ${form}`, other.json["resource"], visit.url);
    }
    await discoverOAuthProtectedResourceMetadata(visit.url, { resourceMetadataUrl: url }, fetchInTime);
    visit.found.issuer = issuer;
    return `The resource is ${visit.url}, its authorization server ${issuer}.`;
  },
};
