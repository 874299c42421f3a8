// Not imported: a bundler that sees createRequire turns what is resolved into its own module numbers, or tries to
// bundle the file.
const packages = process.getBuiltinModule("node:module").createRequire(import.meta.url);

/** The absolute path of a file that ships in an installed package. Throws when the package is not installed. */
export function packageFile(name: string): string {
  return packages.resolve(name);
}
