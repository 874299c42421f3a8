"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const AGAIN_AFTER_MS = 1_500;

/** Reads the page again while an import is under way. Without JavaScript the page does so by itself. */
export function KeepReading() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), AGAIN_AFTER_MS);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <noscript>
      <meta httpEquiv="refresh" content="2" />
    </noscript>
  );
}
