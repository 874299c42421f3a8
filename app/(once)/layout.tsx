import type { Metadata } from "next";
import type { ReactNode } from "react";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { robots: { index: false } };

/**
 * Around what is shown once. There is no link in it that Next follows by itself: it would keep the page in memory and
 * show the secret again on the way back, and leaving would ask nobody.
 */
export default function OnceLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-2xl flex-col gap-6 px-4 py-8 sm:px-6 sm:py-12">
      <header className="flex items-center gap-2 font-semibold text-sm tracking-tight">
        {/* biome-ignore lint/performance/noImgElement: a static 32 px file; there is nothing to optimize */}
        <img src="/icon.svg" alt="" width={24} height={24} />
        Avtrz
      </header>
      <main className="flex flex-col gap-6">{children}</main>
    </div>
  );
}
