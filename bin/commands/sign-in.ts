import type { Command } from "commander";
import { signInLink } from "../../lib/http/index.ts";
import { normalizeEmail } from "../../lib/organizations/index.ts";
import { AppError } from "../../lib/platform/errors.ts";
import { print } from "../output.ts";
import { withServices } from "../session.ts";

export function addSignInCommands(program: Command): void {
  program
    .command("sign-in-link")
    .argument("<email>", "who will be signed in by it; somebody new gets a workspace")
    .description("make a link that signs somebody in once, within a day; hand it to nobody else")
    .action((given: string, options: { json?: boolean }) =>
      withServices(async ({ config, signInLinks }) => {
        const email = normalizeEmail(given);
        if (!email) throw new AppError("invalid_email");
        const { token, expiresAt } = await signInLinks.create(email);
        const link = signInLink(config.publicUrl, { token, email, next: "/workspaces" });
        print(options, { email, link, expiresAt: expiresAt.toISOString() }, () => link);
      }),
    );
}
