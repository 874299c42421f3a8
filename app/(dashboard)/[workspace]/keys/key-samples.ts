import type { KeyType } from "#lib/keys";

export type KeySample = { name: string; code: string };

/** First lines of code with a key in them, which work as they stand; none for a key that cannot be shown. */
export function keySamples(
  publicUrl: string,
  { type, key }: { type: KeyType; key: string | null },
  username = "janedoe",
): KeySample[] {
  if (!key) return [];
  if (type === "secret") return secretSamples(publicUrl, key, username);
  const address = `${publicUrl}/v1/avatar?username=${username}&size=256&key=${key}`;
  return [
    { name: "curl", code: `curl -sLo ${username}.png "${address}&format=png"` },
    {
      name: "HTML",
      code: `<img src="${address.replaceAll("&", "&amp;")}" alt="" width="128" height="128">`,
    },
    {
      name: "TypeScript",
      code: `function avatarOf(username: string, size = 256): string {
  const query = new URLSearchParams({ username, size: String(size), key: "${key}" });
  return \`${publicUrl}/v1/avatar?\${query}\`;
}`,
    },
  ];
}

function secretSamples(publicUrl: string, key: string, username: string): KeySample[] {
  return [
    {
      name: "curl",
      code: `curl -sLo ${username}.png "${publicUrl}/v1/avatar?username=${username}&size=256&format=png" -H "x-api-key: ${key}"`,
    },
    {
      name: "TypeScript",
      code: `const response = await fetch("${publicUrl}/v1/profile?username=${username}", {
  headers: { "x-api-key": "${key}" },
});
console.log(await response.json());`,
    },
  ];
}
