import { loadPages, type PageName } from "#lib/docs";

/** The pages before and after this one. */
export async function Neighbours({ publicUrl, name }: { publicUrl: string; name: PageName }) {
  const pages = await loadPages(publicUrl);
  const at = pages.findIndex((page) => page.name === name);
  const [previous, next] = [pages[at - 1], pages[at + 1]];
  return (
    <nav className="docs-neighbours" aria-label="Previous and next page">
      {previous && (
        <a href={`/docs/${previous.name}`} rel="prev">
          <span>Previous</span> {previous.title}
        </a>
      )}
      {next && (
        <a href={`/docs/${next.name}`} rel="next">
          <span>Next</span> {next.title}
        </a>
      )}
    </nav>
  );
}
