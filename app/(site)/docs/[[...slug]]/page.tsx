import type { Metadata } from "next";
import { notFound, permanentRedirect } from "next/navigation";
import { findPageName, loadPage, render } from "#lib/docs";
import { sharedServices } from "#lib/services";
import { CopyCode } from "../copy-code.tsx";
import "../docs.css";
import { Contents } from "../contents.tsx";
import { DocsNavigation } from "../navigation.tsx";
import { Neighbours } from "../neighbours.tsx";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ slug?: string[] }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const page = await find(params);
  if (!page) return { title: "Documentation", description: "How to use Avtrz, and how to run it." };
  const types = { "text/markdown": `/docs/${page.name}.md` };
  return { title: page.title, description: page.summary.replaceAll("`", ""), alternates: { types } };
}

/** A page of the documentation; without a name, what there is to read. */
export default async function Docs({ params }: Props) {
  const page = await find(params);
  const { publicUrl } = (await sharedServices()).config;
  if (!page) {
    return (
      <Frame publicUrl={publicUrl}>
        <Contents publicUrl={publicUrl} />
      </Frame>
    );
  }
  const { html, headings } = render(page.body);
  return (
    <Frame publicUrl={publicUrl} current={page.name}>
      <article id="docs-page" className="docs-prose">
        <h1>{page.title}</h1>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made by our renderer, which escapes all HTML */}
        <div className="docs-summary" dangerouslySetInnerHTML={{ __html: render(page.summary).html }} />
        {headings.length > 2 && (
          <nav aria-label="On this page" className="docs-toc">
            <ul>
              {headings
                .filter(({ depth }) => depth === 2)
                .map(({ id, text }) => (
                  <li key={id}>
                    <a href={`#${id}`}>{text}</a>
                  </li>
                ))}
            </ul>
          </nav>
        )}
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made by our renderer, which escapes all HTML */}
        <div dangerouslySetInnerHTML={{ __html: html }} />
      </article>
      <CopyCode key={page.name} within="docs-page" />
      <p className="docs-source">
        <a href={`/docs/${page.name}.md`}>This page as Markdown</a>
      </p>
      <Neighbours publicUrl={publicUrl} name={page.name} />
    </Frame>
  );
}

function Frame(props: { publicUrl: string; current?: string; children: React.ReactNode }) {
  return (
    <div className="docs">
      <DocsNavigation publicUrl={props.publicUrl} current={props.current} />
      <div className="docs-main">{props.children}</div>
    </div>
  );
}

/** The page that is asked for; null for the list of all. */
async function find(params: Props["params"]) {
  const { slug = [] } = await params;
  if (slug.length === 0) return null;
  const found = findPageName(slug.join("/"));
  if (!found) notFound();
  if (found.alias) permanentRedirect(`/docs/${found.name}`);
  return loadPage(found.name, (await sharedServices()).config.publicUrl);
}
