/** A request that was answered, is too old, or whose client is gone. */
export function Over() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-3 px-4">
      <h1 className="font-semibold text-xl tracking-tight">This request to connect is over</h1>
      <p className="text-quiet">
        It was answered already, or is too old. Go back to your AI client; if it is not connected, connect it again
        there.
      </p>
    </main>
  );
}
