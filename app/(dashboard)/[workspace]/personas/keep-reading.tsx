"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const AGAIN_AFTER_MS = 2_000;

/**
 * Stands on a page while files are being read: fetches its parts anew, in place, so that nothing jumps and nothing typed is
 * lost. Without JavaScript the browser reloads the page now and then.
 */
export function KeepReading() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && router.refresh(), AGAIN_AFTER_MS);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <noscript>
      <meta httpEquiv="refresh" content="5" />
    </noscript>
  );
}
