import { test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { refusesBeyondTheRate } from "../../support/refusals.ts";

test("429: a key that asks too fast is told how long to wait, and pays nothing", () =>
  refusesBeyondTheRate(recheckRoute));
