import { loadPages, SECTIONS } from "#lib/docs";

type Props = { publicUrl: string; current?: string | undefined };

/** Every page by section: beside the text, or folded above it where there is no room beside. */
export async function DocsNavigation({ publicUrl, current }: Props) {
  const titles = new Map((await loadPages(publicUrl)).map((page) => [page.name, page.title]));
  const list = SECTIONS.map((section) => (
    <li key={section.title}>
      <p>{section.title}</p>
      <ul>
        {section.pages.map((name) => (
          <li key={name}>
            <a href={`/docs/${name}`} aria-current={name === current ? "page" : undefined}>
              {titles.get(name)}
            </a>
          </li>
        ))}
      </ul>
    </li>
  ));
  return (
    <nav className="docs-nav" aria-label="Documentation">
      <details className="docs-nav-folded">
        <summary>All pages</summary>
        <ul>{list}</ul>
      </details>
      <ul className="docs-nav-open">{list}</ul>
    </nav>
  );
}
