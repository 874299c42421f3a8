import Link from "next/link";

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-4 px-6">
      <h1 className="font-semibold text-2xl tracking-tight">There is nothing at this address.</h1>
      <p className="text-quiet">It may have been mistyped, or what stood here is gone.</p>
      <Link className="text-accent underline" href="/">
        To the start page
      </Link>
    </main>
  );
}
