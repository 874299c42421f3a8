import type { KeyOverview } from "#lib/keys";
import { Badge, Moment, type Tone } from "#lib/ui";

/** `pk_live_…x7Qp`. */
export function maskedKey({ type, last4 }: Pick<KeyOverview, "type" | "last4">): string {
  return `${type === "publishable" ? "pk" : "sk"}_live_…${last4}`;
}

/** Whether a key answers requests. */
export function works({ status }: Pick<KeyOverview, "status">): boolean {
  return status === "active" || status === "rotating";
}

const TONES: Record<KeyOverview["status"], Tone> = {
  active: "good",
  rotating: "warn",
  expired: "plain",
  revoked: "danger",
};

/** How a key stands, and since or until when. */
export function KeyStatus({ of: key, now }: { of: KeyOverview; now: number }) {
  const at = key.status === "rotating" ? key.endsAt : (key.revokedAt ?? key.endsAt);
  return (
    <>
      <Badge tone={TONES[key.status]}>{key.status}</Badge>
      {at && (
        <span className="mt-1 block whitespace-nowrap text-quiet text-xs">
          {key.status === "rotating" && "works until "}
          <Moment iso={at} now={now} />
        </span>
      )}
    </>
  );
}

/** Whose a key is; it belongs to the workspace, and stays when they leave. */
export function madeBy(key: KeyOverview, members: readonly { userId: string }[]): string {
  if (!key.createdBy) return "the operator";
  const { userId, email } = key.createdBy;
  return members.some((member) => member.userId === userId) ? email : `${email} (former member)`;
}
