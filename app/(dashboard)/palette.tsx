"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

type Hit = { kind: string; words: string; detail: string; href: string; picture?: string };

const SEARCH_AFTER_MS = 120;

function closeMenus(besides?: Element) {
  for (const menu of document.querySelectorAll("details[data-menu][open]"))
    if (!besides || !menu.contains(besides)) {
      if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
      menu.removeAttribute("open");
    }
}

/**
 * Finds pages, people, keys and docs from anywhere: ⌘K, Ctrl K, or whatever is marked `data-palette`. Every place it
 * leads to has a link of its own too.
 */
export function Palette({ workspaceId, pages }: { workspaceId: string; pages: readonly Hit[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const router = useRouter();
  const path = usePathname();
  const [wanted, setWanted] = useState("");
  const [found, setFound] = useState<readonly Hit[]>([]);
  const [at, setAt] = useState(0);
  const hits = [
    ...pages.filter((page) => `${page.words} ${page.detail}`.toLowerCase().includes(wanted.trim().toLowerCase())),
    ...found,
  ];

  useEffect(() => {
    const open = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") closeMenus();
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      if (dialog.current?.open) dialog.current.close();
      else dialog.current?.showModal();
    };
    const press = (event: Event) => {
      if (!(event.target instanceof Element)) return;
      // An open menu closes when something else is pressed.
      closeMenus(event.target);
      if (event.target.closest("[data-palette]")) dialog.current?.showModal();
    };
    addEventListener("keydown", open);
    addEventListener("click", press);
    return () => {
      removeEventListener("keydown", open);
      removeEventListener("click", press);
    };
  }, []);

  // The rail stays from page to page, and so would a menu of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what matters is that the page changed
  useEffect(() => closeMenus(), [path]);

  useEffect(() => {
    setAt(0);
    if (!wanted.trim()) return setFound([]);
    const over = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const address = `/api/workspaces/${workspaceId}/search?q=${encodeURIComponent(wanted)}`;
        const response = await fetch(address, { signal: over.signal });
        if (response.ok) setFound((await response.json()).hits);
      } catch {
        // The next letter asks again.
      }
    }, SEARCH_AFTER_MS);
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [wanted, workspaceId]);

  function close() {
    dialog.current?.close();
    setWanted("");
  }

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && hits.length > 0) {
      event.preventDefault();
      setAt((at + step + hits.length) % hits.length);
    }
    const chosen = hits[at];
    if (event.key === "Enter" && chosen && event.target instanceof HTMLInputElement) {
      close();
      router.push(chosen.href);
    }
  }

  return (
    <dialog
      ref={dialog}
      aria-label="Search"
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
      onKeyDown={onKeyDown}
      className="m-auto mt-[12vh] w-[36rem] max-w-[calc(100vw-2rem)] rounded-xl border border-line bg-card p-0 text-ink shadow-2xl backdrop:bg-black/40"
    >
      <input
        autoFocus
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        placeholder="People, keys, pages, docs"
        aria-label="Search people, keys, pages and docs"
        className="h-12 w-full border-line border-b bg-transparent px-4 text-base outline-none"
      />
      <ul aria-label="Found" className="max-h-80 overflow-y-auto p-1.5">
        {hits.map((hit, index) => (
          <li key={`${hit.kind} ${hit.href} ${hit.words}`}>
            <Link
              href={hit.href}
              prefetch={false}
              onClick={close}
              onFocus={() => setAt(index)}
              onMouseMove={() => setAt(index)}
              className={`flex min-h-9 items-center gap-3 rounded-lg px-3 py-2 text-sm ${index === at ? "bg-sunk" : ""}`}
            >
              {hit.picture && (
                // biome-ignore lint/performance/noImgElement: our own pictures come at the size asked
                <img src={hit.picture} alt="" width={24} height={24} className="size-6 shrink-0 rounded-full bg-sunk" />
              )}
              <span className="min-w-0 flex-1 truncate">{hit.words}</span>
              <span className="max-w-[50%] shrink-0 truncate text-quiet text-xs">{hit.detail}</span>
            </Link>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className="px-5 pt-1 pb-5 text-quiet text-sm">Nothing of that name.</p>}
    </dialog>
  );
}
