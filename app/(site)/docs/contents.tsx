import { loadPages, SECTIONS } from "#lib/docs";

/** What there is to read. */
export async function Contents({ publicUrl }: { publicUrl: string }) {
  const pages = await loadPages(publicUrl);
  return (
    <div className="docs-prose">
      <h1>Documentation</h1>
      {SECTIONS.map((section) => (
        <section key={section.title}>
          <h2>{section.title}</h2>
          <ul className="docs-contents">
            {section.pages.map((name) => {
              const page = pages.find((one) => one.name === name);
              return (
                <li key={name}>
                  <a href={`/docs/${name}`}>{page?.title}</a>
                  <p>{page?.summary.replaceAll("`", "")}</p>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      <p className="docs-source">
        For programs: <a href="/llms.txt">llms.txt</a>, <a href="/llms-full.txt">llms-full.txt</a>, and{" "}
        <a href="/api/docs/openapi">OpenAPI</a>.
      </p>
    </div>
  );
}
