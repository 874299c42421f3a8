/** `npm run check`: everything about the code that can be known without starting it, and the unit tests. */
import { bin, CHECKS, runCheck } from "./checks.ts";

let failed = false;
for (const check of CHECKS) failed = !(await runCheck(check)) || failed;
failed = !(await runCheck(["unit tests", bin("vitest"), "run", "--project", "unit"])) || failed;
process.exit(failed ? 1 : 0);
