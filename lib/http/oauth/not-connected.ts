import { pageFailure } from "../problem-page.ts";

/** A failure on the way to a connection, for the person whose client sent them here. The page leads nowhere else. */
export const notConnected = pageFailure(() => ({ title: "Not connected", heading: "This connection was not made" }));
