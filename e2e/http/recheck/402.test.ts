import { test } from "vitest";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { refusesBeyondTheQuota } from "../../support/refusals.ts";

test("402: a spent quota refuses, names the metric, and consumes nothing", () => refusesBeyondTheQuota(recheckRoute));
