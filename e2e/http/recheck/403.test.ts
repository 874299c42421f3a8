import { test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { refusesPublishableKeys } from "../../support/refusals.ts";

test("403: a publishable key may not read what a secret key may", () => refusesPublishableKeys(recheckRoute));
