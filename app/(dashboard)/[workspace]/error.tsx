"use client";

import { Button, Trouble } from "#lib/ui";

/** A page that failed on our side. The digest is what the server's log has it under. */
export default function PageTrouble({ error }: { error: Error & { digest?: string } }) {
  return (
    <div className="rounded-xl border border-line bg-card">
      <h1 className="sr-only">This page could not be shown</h1>
      <Trouble
        sentence="This page could not be shown."
        cure="Something failed on our side. Try again; if it stays, tell whoever runs this server the number below."
        {...(error.digest ? { requestId: error.digest } : {})}
        action={
          // A form without an action asks for the page again, whether or not a script runs.
          <form>
            <Button>Try again</Button>
          </form>
        }
      />
    </div>
  );
}
