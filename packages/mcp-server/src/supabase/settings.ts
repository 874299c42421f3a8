import { PersonaError } from "../../../../lib/personas/index.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The hosted store: where it is, and with which key. Without `mayWrite` nothing is tried that would change it. */
export type SupabaseSettings = { url: string; key: string; mayWrite: boolean };

/**
 * By the environment: SUPABASE_URL with SUPABASE_ANON_KEY, which reads, or SUPABASE_SERVICE_KEY, which writes too and is
 * taken where something is to be written. Null where no SUPABASE_URL is set. Throws PersonaError `invalid_input`.
 */
export function supabaseSettings(environment: Environment, use: "read" | "write"): SupabaseSettings | null {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const address = given("SUPABASE_URL");
  if (!address) return null;
  const [anon, service] = [given("SUPABASE_ANON_KEY"), given("SUPABASE_SERVICE_KEY")];
  const key = use === "write" ? (service ?? anon) : (anon ?? service);
  if (!key)
    throw new PersonaError("invalid_input", {
      parameter: "SUPABASE_ANON_KEY",
      expected: "SUPABASE_URL is set, so it is needed too; unset both to use the folder's own index",
    });
  return { url: originOf(address), key, mayWrite: use === "write" };
}

function originOf(address: string): string {
  try {
    const url = new URL(address);
    if (url.protocol === "https:" || url.protocol === "http:") return url.origin + url.pathname.replace(/\/+$/, "");
  } catch {}
  throw new PersonaError("invalid_input", {
    parameter: "SUPABASE_URL",
    expected: "the project's address, such as https://abcdefgh.supabase.co",
  });
}
