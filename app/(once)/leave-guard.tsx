"use client";

import { useEffect } from "react";

/**
 * Takes the secret's cookie back as soon as the page shows it, and asks before the page is left until something marked
 * `data-keep` was pressed. `fields` are those of the form that takes it back.
 */
export function LeaveGuard({ action, fields }: { action: string; fields: Readonly<Record<string, string>> }) {
  useEffect(() => {
    fetch(action, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" }).catch(() => undefined);
  }, [action, fields]);

  useEffect(() => {
    let kept = false;
    const press = (event: Event) => {
      if (event.target instanceof Element && event.target.closest("[data-keep] :is(button, a)")) kept = true;
    };
    const leave = (event: BeforeUnloadEvent) => {
      if (!kept) event.preventDefault();
    };
    const comeBack = (event: PageTransitionEvent) => {
      if (event.persisted) location.reload();
    };
    addEventListener("click", press, true);
    addEventListener("beforeunload", leave);
    addEventListener("pageshow", comeBack);
    return () => {
      removeEventListener("click", press, true);
      removeEventListener("beforeunload", leave);
      removeEventListener("pageshow", comeBack);
    };
  }, []);
  return null;
}
