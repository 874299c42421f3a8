"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const LOOK_EVERY_MS = 2_000;

/** Looks again every two seconds; without JavaScript the browser reloads the page. */
export function Waiting() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && router.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <div className="flex items-center gap-3 rounded-xl border border-line border-dashed bg-card px-5 py-6">
      <span aria-hidden className="size-3 animate-pulse rounded-full bg-accent motion-reduce:animate-none" />
      <p role="status" className="text-sm">
        Nothing has come in yet.
      </p>
      <noscript>
        <meta httpEquiv="refresh" content="4" />
      </noscript>
    </div>
  );
}
