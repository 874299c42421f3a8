import type { NextConfig } from "next";
import { CONSENT_HEADERS, PAGE_HEADERS, SIGN_IN_HEADERS } from "./lib/http/security-headers.ts";

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Pictures come from /cdn at the size asked; Next's optimizer would be a second cache with other rules.
  images: { unoptimized: true },
  // Every page's code at the start is 30 MB that an installation whose people never open the dashboard does not need; the
  // first visit to a page loads it.
  experimental: { preloadEntriesOnStart: false },
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
    "next-auth",
    "nodemailer",
    "@aws-sdk/client-s3",
    "@prisma/client",
    "@prisma/adapter-pg",
  ],
  // A folder of app/ cannot be named `[page].md`.
  rewrites: async () => [{ source: "/docs/:page(.+)\\.md", destination: "/docs-source/:page" }],
  headers: async () => [
    {
      source:
        "/((?!v1/|cdn/|api/|workspaces/|uploads/|invite/accept|remove-my-photo/(?:ask|confirm|linkedin)|operator/removals/decide|healthz|readyz|mcp$|mcp/avatars/|oauth/|\\.well-known/|docs/.*\\.md$|llms).*)",
      headers: [...PAGE_HEADERS],
    },
    // The requests' pages; what else is below oauth/ are handlers, which bring their own.
    { source: "/oauth/authorize/:request(areq_.*)", headers: [...PAGE_HEADERS, ...CONSENT_HEADERS] },
    { source: "/sign-in", headers: [...SIGN_IN_HEADERS] },
    { source: "/remove-my-photo", headers: [...SIGN_IN_HEADERS] },
  ],
} satisfies NextConfig;
