import fc from "fast-check";
import { expect, test } from "vitest";
import { render } from "./render.ts";

test("headings have the ids GitHub gives them, once each, and link to themselves", () => {
  const { html, headings } = render("## Who is *meant*?\n\n## `no_avatar`\n\n## Who is meant\n");
  expect(headings).toEqual([
    { id: "who-is-meant", text: "Who is meant?", depth: 2 },
    { id: "no_avatar", text: "no_avatar", depth: 2 },
    { id: "who-is-meant-1", text: "Who is meant", depth: 2 },
  ]);
  expect(html).toContain('<h2 id="who-is-meant"><a href="#who-is-meant">Who is <em>meant</em>?</a></h2>');
});

test("whatever is HTML in a page is shown as text", () => {
  const { html } = render(
    "<script>x</script>\n\nA <b onclick=x>word</b> & `<i>`\n\n```html answer\n<img src=x>\n```\n",
  );
  expect(html).not.toMatch(/<(script|b|i|img)\b/);
  expect(html).toContain("&lt;b onclick=x&gt;word&lt;/b&gt; &amp; <code>&lt;i&gt;</code>");
  expect(html).toContain('data-kind="answer"');
});

test("no text becomes an element or attribute that the renderer does not make", () => {
  const made = /^(h[1-6]|a|p|em|strong|del|code|pre|div|table|thead|tbody|tr|th|td|ul|ol|li|blockquote|hr|br|input)$/;
  const pieces = fc.constantFrom(
    "<",
    ">",
    "script",
    "[x](",
    "javascript:",
    "`",
    "|",
    "#",
    "\n",
    '"',
    "onerror=",
    "*",
    "!",
    "&lt;",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const { html } = render(parts.join(""));
      for (const [, name = ""] of html.matchAll(/<([a-z][a-z0-9]*)/gi)) expect(name).toMatch(made);
      expect(html).not.toMatch(/<[^>]*\s(on\w+|src|style)=/i);
      expect(html).not.toMatch(/href="(?!#|\/|https?:|mailto:)/i);
    }),
  );
});

test("links lead to pages, to the web and to the programs that add a connector, and nowhere else", () => {
  const href = (target: string) => /href="([^"]*)"/.exec(render(`[x](${target})`).html)?.[1];
  expect(href("errors.md#no_avatar")).toBe("/docs/errors#no_avatar");
  expect(href("#here")).toBe("#here");
  expect(href("https://example.com/?a=1&b=2")).toBe("https://example.com/?a=1&amp;b=2");
  expect(href("cursor://anysphere.cursor-deeplink/mcp/install?name=x")).toMatch(/^cursor:/);
  expect(href("vscode:mcp/install?%7B%7D")).toMatch(/^vscode:/);
  for (const target of ["javascript:alert(1)", "data:text/html,x", "vscode:extension/x", "nothing.md", "../x.ts"]) {
    expect(href(target), target).toBeUndefined();
  }
});

test("code and tables can be scrolled by keyboard", () => {
  const { html } = render("```bash\nls\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
  expect(html).toContain('<pre tabindex="0"><code class="language-bash">ls</code></pre>');
  expect(html).toContain('<div class="docs-table" tabindex="0"><table><thead><tr><th scope="col">a</th>');
});
