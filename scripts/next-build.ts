/** `next build` as a child of scripts/build.ts: one whose parent was killed must not go on writing. */
process.on("disconnect", () => process.exit(1));
process.channel?.unref();
process.argv[2] = "build";
// @ts-expect-error: a program, which has no types
await import("next/dist/bin/next");
