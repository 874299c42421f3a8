import { SearchX } from "lucide-react";
import { ButtonLink, Card, Empty } from "#lib/ui";

/** What a page of a workspace says when what its address names is not there, or is another workspace's. */
export default function NotFound() {
  return (
    <>
      <h1 className="sr-only">Nothing here</h1>
      <Card flush>
        <Empty
          icon={SearchX}
          title="There is nothing at this address"
          action={<ButtonLink href="/workspaces">To your workspaces</ButtonLink>}
        >
          It may have been deleted or mistyped, or it belongs to another workspace: the switcher leads to your others.
        </Empty>
      </Card>
    </>
  );
}
