import type { NextConfig } from "next";
import { PAGE_HEADERS } from "./lib/http/security-headers.ts";

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Pictures come from /cdn at the size asked; Next's optimizer would be a second cache with other rules.
  images: { unoptimized: true },
  // `npm run check` has checked the types; a start should not wait for it again.
  typescript: { ignoreBuildErrors: true },
  // Loaded by Node as they are: native code, WebAssembly, or packages that read their own files.
  serverExternalPackages: [
    "pg",
    "pg-boss",
    "sharp",
    "ioredis",
    "pino",
    "pino-pretty",
    "undici",
    "@prisma/client",
    "@prisma/adapter-pg",
  ],
  headers: async () => [{ source: "/((?!v1/|cdn/|api/|healthz|readyz).*)", headers: [...PAGE_HEADERS] }],
} satisfies NextConfig;
