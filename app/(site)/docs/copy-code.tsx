"use client";

import { useEffect } from "react";

const SHOWN_MS = 1_500;

/** Gives each code block a button that copies it; where no scripts run there is none, and nothing is missing. */
export function CopyCode({ within }: { within: string }) {
  useEffect(() => {
    const blocks = document.querySelectorAll<HTMLElement>(`#${within} .docs-code:not([data-kind="answer"])`);
    const buttons = [...blocks].map((block) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy this sample");
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.querySelector("code")?.textContent ?? "");
        button.textContent = "Copied";
        setTimeout(() => {
          button.textContent = "Copy";
        }, SHOWN_MS);
      });
      block.append(button);
      return button;
    });
    return () => {
      for (const button of buttons) button.remove();
    };
  }, [within]);
  return null;
}
