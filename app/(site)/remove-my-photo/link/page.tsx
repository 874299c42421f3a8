import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Button, PostForm } from "#lib/ui";
import { firstOf, viewerOfPage } from "../../viewer.ts";

export const metadata: Metadata = { title: "Confirm", robots: { index: false }, referrer: "same-origin" };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where the mailed link leads. Opening it does nothing yet: scanners of mail open links too. */
export default async function RemovalLink({ searchParams }: Props) {
  const token = firstOf((await searchParams)["token"]);
  const { services } = await viewerOfPage();
  if (!(await services.privacy.removals.isOpen(token))) redirect("/remove-my-photo?error=removal_not_found");
  return (
    <div className="mx-auto max-w-sm pt-8 sm:pt-14">
      <h1 className="font-semibold text-3xl tracking-tight">One more step</h1>
      <p className="mt-4 text-pretty text-quiet leading-7">
        Press the button to confirm that this address is yours. Whoever runs this server then decides about your
        request, and you are mailed what they decided.
      </p>
      <PostForm action="/remove-my-photo/confirm" hidden={{ token }} className="mt-6 grid">
        <Button>Confirm the request</Button>
      </PostForm>
    </div>
  );
}
