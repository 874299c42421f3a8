import { UserRoundX } from "lucide-react";
import { ButtonLink, Card, Empty, PageHeader } from "#lib/ui";
import type { Dashboard } from "../../../dashboard.ts";

/** In place of somebody whom the workspace does not know. Next's own page for it would need JavaScript. */
export function Unknown({ dashboard: { page } }: { dashboard: Dashboard }) {
  return (
    <>
      <PageHeader title="Nobody here" way={[[page("people"), "People"]]} />
      <Card flush>
        <Empty
          icon={UserRoundX}
          title="This workspace does not know that person"
          action={<ButtonLink href={page("people")}>All people</ButtonLink>}
        >
          They were never imported or looked up here, or somebody deleted them. Import them, or ask for their face over
          the API, and they have a page.
        </Empty>
      </Card>
    </>
  );
}
