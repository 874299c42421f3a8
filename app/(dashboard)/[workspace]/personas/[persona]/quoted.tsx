/** A text with one quote in it marked; the text as it is where the quote does not stand in it. */
export function Quoted({ text, quote }: { text: string; quote: string | null }) {
  const from = quote ? text.indexOf(quote) : -1;
  if (!quote || from < 0) return text;
  return (
    <>
      {text.slice(0, from)}
      <mark className="rounded-sm bg-accent/15 px-0.5 text-ink">{quote}</mark>
      {text.slice(from + quote.length)}
    </>
  );
}
