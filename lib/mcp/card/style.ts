/** The card's own colours follow the scheme the host says, else the system's. */
export const style = `
:root { color-scheme: light dark; --ink: light-dark(#16181d, #f2f3f5); --quiet: light-dark(#565c66, #a9b0bb);
  --line: light-dark(#e1e4e9, #363b44); --paper: light-dark(#fff, #1b1e24); }
:root[data-theme=light] { color-scheme: light } :root[data-theme=dark] { color-scheme: dark }
body { margin: 0; font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
article { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; padding: 16px; max-width: 480px;
  box-sizing: border-box; overflow-wrap: anywhere }
img { grid-row: span 9; width: 80px; height: 80px; border-radius: 50%; border: 1px solid var(--line) }
h1, p, dl { grid-column: 2; margin: 0 } h1 { font-size: 17px; line-height: 1.3 }
.quiet, dt { color: var(--quiet) }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin-top: 8px } dd { margin: 0 }
.summary { margin-top: 8px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden }
@media (max-width: 300px) { article { grid-template-columns: 1fr } img { grid-row: auto } h1, p, dl { grid-column: 1 } }
`;
