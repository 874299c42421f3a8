// The Prisma command line is used here to generate the client and for nothing else: migrations are applied
// by lib/platform/migrate.ts. Naming any existing file as the schema engine spares it a download.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

import { defineConfig } from "prisma/config";

export default defineConfig({ schema: "prisma/schema.prisma" });
