/**
 * The view's side of MCP Apps (2026-01-26): says hello to the host, shows the tool's result, reports its size. It listens
 * to the window above alone, and makes every element by textContent: what a profile says can be no markup.
 */
export const script = `
"use strict";
const root = document.documentElement;
const card = document.getElementById("card");
const HELLO = 1;
const send = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
const add = (to, tag, text, name) => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  to.append(element);
  return element;
};
const theme = (context) => {
  if (context && (context.theme === "light" || context.theme === "dark")) root.dataset.theme = context.theme;
};
const IMAGE = /^image\\/(webp|png|jpeg|svg\\+xml)$/;
const portrait = (block, name) => {
  if (!block || !IMAGE.test(block.mimeType)) return;
  const image = document.createElement("img");
  image.alt = "Portrait of " + name;
  image.src = "data:" + block.mimeType + ";base64," + block.data;
  card.append(image);
};
const show = (result) => {
  const person = result.structuredContent || {};
  const more = (result._meta && result._meta["avtrz/card"]) || {};
  const content = result.content || [];
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ") || more.name || person.username;
  card.textContent = "";
  const said = content.find((block) => block.type === "text");
  if (result.isError || !name) {
    add(card, "p", said ? said.text : "There is nothing to show.", "quiet");
    return;
  }
  const picture = more.picture && { data: more.picture, mimeType: more.mimeType };
  portrait(content.find((block) => block.type === "image") || picture, name);
  add(card, "h1", name);
  if (person.headline) add(card, "p", person.headline);
  if (person.location) add(card, "p", person.location, "quiet");
  const facts = [["Industry", person.industry], ["Open to work", person.open_to_work === true && "Yes"],
    ["Verified", person.verified === true && "Yes"]].filter((fact) => fact[1]);
  if (facts.length > 0) {
    const list = add(card, "dl", "");
    for (const [label, value] of facts) { add(list, "dt", label); add(list, "dd", value); }
  }
  if (person.summary) add(card, "p", person.summary, "summary");
};
const measure = () => send({ method: "ui/notifications/size-changed",
  params: { width: Math.ceil(card.scrollWidth), height: Math.ceil(card.getBoundingClientRect().height) } });
addEventListener("message", (event) => {
  if (event.source !== parent) return;
  const message = event.data;
  if (!message || message.jsonrpc !== "2.0") return;
  if (message.id === HELLO && !message.method) {
    theme(message.result && message.result.hostContext);
    send({ method: "ui/notifications/initialized" });
    new ResizeObserver(measure).observe(card);
  } else if (message.method === "ui/notifications/tool-result") show(message.params || {});
  else if (message.method === "ui/notifications/host-context-changed") theme(message.params);
  else if (message.method === "ui/resource-teardown") send({ id: message.id, result: {} });
  else if (message.method === "ping") send({ id: message.id, result: {} });
});
send({ id: HELLO, method: "ui/initialize", params: { protocolVersion: "2026-01-26",
  appInfo: { name: "avtrz-profile-card", version: "1" }, appCapabilities: {} } });
`;
