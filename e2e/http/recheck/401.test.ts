import { test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { refusesBadKeys } from "../../support/refusals.ts";

test("401: a key that is missing, mistyped, unknown, revoked, misplaced or used from another site", () =>
  refusesBadKeys(recheckRoute));
