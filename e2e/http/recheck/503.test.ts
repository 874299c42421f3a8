import { test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { refusesWithoutADatabase } from "../../support/refusals.ts";

test("503: a database that is away is an answer within two seconds, not a wait", () =>
  refusesWithoutADatabase(recheckRoute));
