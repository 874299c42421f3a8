import { printable } from "./ask.ts";
import { Trouble } from "./step.ts";

/** For `.catch`: an error of the client library as a `Trouble`. */
export function refusal(seen: string, likelyCause: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Trouble) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new Trouble(`${seen}: ${printable(said)}`, likelyCause, "Look into the log of Avtrz at this time.");
  };
}
