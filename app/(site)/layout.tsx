import Link from "next/link";
import type { ReactNode } from "react";

export default function SiteLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-4xl flex-col px-4 sm:px-6">
      <header className="flex items-center justify-between gap-4 py-6">
        <Link href="/" className="flex items-center gap-2 font-semibold tracking-tight">
          {/* biome-ignore lint/performance/noImgElement: a static 32 px file; there is nothing to optimize */}
          <img src="/icon.svg" alt="" width={28} height={28} />
          Avtrz
        </Link>
        <nav className="flex flex-wrap justify-end gap-x-5 gap-y-1 text-quiet text-sm">
          <a className="hover:text-ink" href="/docs">
            Docs
          </a>
          <a className="hover:text-ink" href="/api/docs/openapi">
            OpenAPI
          </a>
          <a className="hover:text-ink" href="/workspaces">
            Workspaces
          </a>
        </nav>
      </header>
      <main className="flex-1 pb-16">{children}</main>
      <footer className="border-line border-t py-6 text-quiet text-sm">
        Avtrz runs here, on its own: nothing leaves this server unless a provider is configured.{" "}
        <a className="underline hover:text-ink" href="/docs/privacy">
          Privacy
        </a>{" "}
        <a className="underline hover:text-ink" href="/remove-my-photo">
          Remove my photo
        </a>{" "}
        <a className="underline hover:text-ink" href="/docs">
          Documentation
        </a>
      </footer>
    </div>
  );
}
