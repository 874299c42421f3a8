export const dynamic = "force-dynamic";

/** A page with a form, like the consent page, that asks nobody anything. */
export default function Page() {
  return (
    <form method="post">
      <h1>Somebody wants to connect</h1>
      <button type="submit">Allow</button>
    </form>
  );
}
