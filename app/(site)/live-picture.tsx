"use client";

import { useEffect, useState } from "react";

const WORDS = {
  resolved: "A real photo",
  enriching: "Being looked up; initials until then",
  not_found: "No photo known; initials",
} as const;
type Status = keyof typeof WORDS;

/** How long to wait before asking again while a person is being looked up; each asking is a request like any other. */
const ASK_AGAIN_MS = [1_500, 3_000, 6_000];

/** The picture, and in words what it is. Without JavaScript it is the plain image. */
export function LivePicture({ src, name }: { src: string; name: string }) {
  const [picture, setPicture] = useState(src);
  const [status, setStatus] = useState<Status | string | null>(null);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (attempt: number) => {
      const response = await fetch(src, { headers: { accept: "image/webp,image/svg+xml" } });
      if (over) return;
      // A redirect to the picture itself means that there is one.
      const state = response.redirected
        ? "resolved"
        : (response.headers.get("x-avatar-status") ?? response.headers.get("x-error-code"));
      setStatus(state);
      setPicture(URL.createObjectURL(await response.blob()));
      const wait = ASK_AGAIN_MS[attempt];
      if (state === "enriching" && wait) timer = setTimeout(() => ask(attempt + 1), wait);
    };
    ask(0).catch(() => setStatus(null));
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [src]);

  return (
    <figure className="flex flex-col items-center gap-3">
      {/* biome-ignore lint/performance/noImgElement: this is what the page shows: the plain tag */}
      <img src={picture} alt={name} width={256} height={256} className="size-64 rounded-full bg-page" />
      <figcaption className="h-5 text-quiet text-sm" aria-live="polite">
        {status && (status in WORDS ? WORDS[status as Status] : status.replaceAll("_", " "))}
      </figcaption>
    </figure>
  );
}
