import type { Command } from "commander";
import { AVATAR_FORMATS, AVATAR_SIZES } from "../../lib/avatars/index.ts";
import { GRACE_CHOICES, type KeySummary, type MintedKey } from "../../lib/keys/index.ts";
import { AppError } from "../../lib/platform/errors.ts";
import { print, table } from "../output.ts";
import { usernameOf } from "../person.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

type Options = { json?: boolean; org?: string };

export function addKeyCommands(program: Command): void {
  const key = program.command("key").description("API keys");

  key
    .command("create")
    .option(...ORG_OPTION)
    .requiredOption("--type <type>", "publishable (for pages; may be seen) or secret (for servers)")
    .option("--name <name>", "what it is for", "API key")
    .option("--domains <list>", "allowed domains, comma separated: example.com,*.example.com")
    .description("make a key; a secret one is shown this once")
    .action((options: Options & { type: string; name: string; domains?: string }) =>
      withServices(async (services) => {
        const { type, name } = options;
        if (type !== "publishable" && type !== "secret") {
          throw new AppError("usage", { fields: { problem: `--type is publishable or secret, not ${type}.` } });
        }
        const { id } = await chooseOrganization(services, options.org);
        const minted = await services.keys.manager.create(
          id,
          { type, name, allowedDomains: domains(options.domains) },
          OPERATOR,
        );
        print(options, minted, () => introduce(minted));
      }),
    );

  key
    .command("list")
    .option(...ORG_OPTION)
    .description("a workspace's keys; secret ones by their last four characters")
    .action((options: Options) =>
      withServices(async (services) => {
        const { id } = await chooseOrganization(services, options.org);
        const keys = await services.keys.manager.list(id);
        print(options, { keys }, () =>
          table(
            ["ID", "NAME", "KEY", "STATUS", "DOMAINS", "LAST USED"],
            keys.map(row),
            "This workspace has no keys yet.",
          ),
        );
      }),
    );

  key
    .command("sign")
    .argument("<id>", "the secret key's id (key_…): its revocation ends the address")
    .argument("<person>", "LinkedIn username or address")
    .option(...ORG_OPTION)
    .option("--size <pixels>", "32, 64, 128, 256 or 512", "128")
    .option("--format <format>", "png, jpeg, webp or avif", "png")
    .option("--days <days>", "for how long it works, 400 at most", "30")
    .description("make an address of one person's picture that needs no key, such as for a mail")
    .action((id: string, person: string, options: Options & { size: string; format: string; days: string }) =>
      withServices(async (services) => {
        const problem = (text: string) => new AppError("usage", { fields: { problem: text } });
        const organization = await chooseOrganization(services, options.org);
        const key = (await services.keys.manager.list(organization.id)).find((one) => one.id === id);
        if (!key) throw new AppError("key_not_found", { fields: { id } });
        if (key.type !== "secret" || key.status !== "active") throw problem("Name an active secret key.");
        const size = AVATAR_SIZES.find((one) => String(one) === options.size);
        const format = AVATAR_FORMATS.find((one) => one === options.format);
        const days = Number(options.days);
        if (!size || !format || !(days > 0 && days <= 400)) throw problem("Check --size, --format and --days.");
        const username = usernameOf(person);
        const until = Math.floor(services.clock.now() / 1_000 + days * 86_400);
        const url = services.keys.signedUrls.make({ username, size, format, until }, id);
        print(options, { username, url, expires_at: new Date(until * 1_000).toISOString() }, () => url);
      }),
    );

  key
    .command("rotate")
    .argument("<id>", "the key's id (key_…)")
    .option(...ORG_OPTION)
    .option("--grace <time>", `how long the old key goes on working: ${Object.keys(GRACE_CHOICES).join(", ")}`, "24h")
    .description("make a key that takes another's place")
    .action((id: string, options: Options & { grace: string }) =>
      withServices(async (services) => {
        if (!(options.grace in GRACE_CHOICES)) {
          throw new AppError("usage", {
            fields: { problem: `--grace is one of ${Object.keys(GRACE_CHOICES).join(", ")}, not ${options.grace}.` },
          });
        }
        const grace = options.grace as keyof typeof GRACE_CHOICES;
        const organization = await chooseOrganization(services, options.org);
        const minted = await services.keys.manager.rotate(organization.id, id, GRACE_CHOICES[grace], OPERATOR);
        print(
          options,
          { ...minted, replaces: id, graceSeconds: GRACE_CHOICES[grace] },
          () =>
            `${introduce(minted)}\nThe old key ${grace === "now" ? "does not work any more" : `works for another ${grace}`}.`,
        );
      }),
    );

  key
    .command("revoke")
    .argument("<id>", "the key's id (key_…)")
    .option(...ORG_OPTION)
    .description("end a key at once")
    .action((id: string, options: Options) =>
      withServices(async (services) => {
        const organization = await chooseOrganization(services, options.org);
        await services.keys.manager.revoke(organization.id, id, OPERATOR);
        print(options, { id, revoked: true }, () => `Key ${id} is revoked; every process refuses it within a second.`);
      }),
    );

  key
    .command("domains")
    .argument("<id>", "the key's id (key_…)")
    .argument("[domains...]", "example.com or *.example.com; none lifts the restriction")
    .option(...ORG_OPTION)
    .description("set the domains a key may be used from")
    .action((id: string, list: string[], options: Options) =>
      withServices(async (services) => {
        const organization = await chooseOrganization(services, options.org);
        const allowedDomains = await services.keys.manager.setDomains(
          organization.id,
          id,
          list.flatMap((entry) => domains(entry)),
          OPERATOR,
        );
        print(options, { id, allowedDomains }, () =>
          allowedDomains.length > 0
            ? `Key ${id} works on ${allowedDomains.join(", ")}.`
            : `Key ${id} works on every site.`,
        );
      }),
    );
}

function domains(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function introduce({ id, key, type }: MintedKey): string {
  const advice =
    type === "secret"
      ? "Keep it now: it is not stored and cannot be shown again."
      : "It may stand in pages; it can be listed again.";
  return `Made ${type} key ${id}:\n${key}\n${advice}`;
}

function row(key: KeySummary): string[] {
  const status = key.status === "rotating" ? `until ${key.expiresAt?.slice(0, 16)}Z` : key.status;
  return [
    key.id,
    key.name,
    key.key ?? `sk_live_…${key.last4}`,
    status,
    key.allowedDomains.join(" ") || "any",
    key.lastUsedAt?.slice(0, 16) ?? "never",
  ];
}
