import { script } from "./script.ts";
import { style } from "./style.ts";

/** The card's address. A host may keep what it read, so a card that changes gets a new number. */
export const PROFILE_CARD = "ui://avtrz/profile-card-1.html";

const MIME_TYPE = "text/html;profile=mcp-app";

/** A view for hosts with MCP Apps: loads nothing from anywhere, and shows what it is given as text alone. */
const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Profile</title>
<style>${style}</style>
</head>
<body>
<article id="card" aria-live="polite"><p class="quiet">Loading…</p></article>
<script>${script}</script>
</body>
</html>`;

/** As resources/list shows it. */
export const cardResource = {
  uri: PROFILE_CARD,
  name: "profile-card",
  title: "Profile card",
  description: "Shows the person that get_profile or get_profile_avatar told of.",
  mimeType: MIME_TYPE,
};

/** As resources/read gives it. */
export const cardContents = {
  uri: PROFILE_CARD,
  mimeType: MIME_TYPE,
  text: html,
  _meta: { ui: { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true } },
};
