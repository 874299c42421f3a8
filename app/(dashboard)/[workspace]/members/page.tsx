import { Download } from "lucide-react";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { invitationLink, readShownOnce } from "#lib/http";
import { atLeast, type Invitation, type Member, ROLES } from "#lib/organizations";
import { sliceOf } from "#lib/platform/page";
import {
  Badge,
  Button,
  ButtonLink,
  Card,
  Confirm,
  CopyField,
  Day,
  FilterSelect,
  PageHeader,
  Pager,
  PostForm,
  Select,
  Table,
  TextField,
} from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { Flash } from "../../flash.tsx";

export const metadata: Metadata = { title: "Members" };

export default async function Members({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, may, page } = dashboard;
  const [members, invitations] = await Promise.all([
    services.members.list(viewer, workspace.id),
    may("admin") ? services.invitations.list(viewer, workspace.id) : [],
  ]);
  const cursor = firstOf((await searchParams)["cursor"]);
  const { items, next } = sliceOf(
    members.map((member) => ({ ...member, id: member.userId })),
    cursor,
  );
  return (
    <>
      <PageHeader
        title="Members"
        lead="Members use what the workspace knows and connect AI clients to it; admins also manage its keys and members; owners everything."
      />
      <Flash searchParams={searchParams} />
      <Card
        title={members.length === 1 ? "One member" : `${members.length} members`}
        action={
          <ButtonLink href={`/api/workspaces/${workspace.id}/members.csv`} plainAnchor>
            <Download size={16} aria-hidden /> CSV
          </ButtonLink>
        }
        flush
      >
        <Table label="Members" heads={["Person", "Role", "Since", { sr: "Acts" }]}>
          {items.map((member) => (
            <MemberRow key={member.userId} dashboard={dashboard} member={member} members={members} />
          ))}
        </Table>
        <Pager
          words={`${items.length} of ${members.length} members`}
          firstHref={cursor ? page("members") : undefined}
          nextHref={next ? withQuery(page("members"), { cursor: next }) : undefined}
        />
      </Card>
      {may("admin") && <Invitations dashboard={dashboard} invitations={invitations} />}
    </>
  );
}

function MemberRow(props: { dashboard: Dashboard; member: Member; members: readonly Member[] }) {
  const { viewer, workspace, may, act, page, token } = props.dashboard;
  const { member } = props;
  const self = member.userId === viewer.userId;
  const last = member.role === "owner" && props.members.filter(({ role }) => role === "owner").length === 1;
  const changeable = !last && may("admin") && atLeast(workspace.role, member.role);
  const removable = !last && (self || (may("admin") && atLeast(workspace.role, member.role)));
  return (
    <tr>
      <td className="min-w-48">
        <p className="break-words font-medium">{member.name ?? member.email}</p>
        {member.name && <p className="break-words text-quiet text-xs">{member.email}</p>}
      </td>
      <td>
        {changeable ? (
          <PostForm
            action={act("change-role")}
            token={token}
            hidden={{ id: member.userId, back: page("members") }}
            className="flex items-center gap-1"
          >
            <FilterSelect
              name="role"
              label={`Role of ${member.email}`}
              value={member.role}
              options={ROLES.filter((role) => atLeast(workspace.role, role)).map((role) => [role, role])}
            />
            <Button look="quiet" label={`Change the role of ${member.email}`}>
              Change
            </Button>
          </PostForm>
        ) : (
          <Badge tone={member.role === "owner" ? "accent" : "plain"}>{member.role}</Badge>
        )}
      </td>
      <td className="text-quiet">
        <Day iso={member.since} />
      </td>
      <td className="text-right">
        {removable && (
          <Confirm label={self ? "Leave" : "Remove"} about={self ? workspace.name : member.email}>
            <p className="text-pretty text-sm leading-6">
              {self ? "You lose" : `${member.email} loses`} access to {workspace.name} at once, and the AI clients
              connected under this membership with it. Keys stay: they belong to the workspace.
            </p>
            <PostForm
              action={act("remove-member")}
              token={token}
              hidden={{ id: member.userId, back: page("members") }}
              className="mt-3"
            >
              <Button look="danger">{self ? `Leave ${workspace.name}` : `Remove ${member.email}`}</Button>
            </PostForm>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

async function Invitations(props: { dashboard: Dashboard; invitations: readonly Invitation[] }) {
  const { services, workspace, act, page, token, now } = props.dashboard;
  const made = readShownOnce(new Headers(await headers()), "invitation");
  const back = { back: page("members") };
  return (
    <Card title="Invite somebody" detail="A link lets one person in, within seven days.">
      {made && (
        <div className="mb-5">
          <p className="mb-2 text-pretty text-sm">Send this link to whom you invite. It is not shown again.</p>
          <CopyField text={invitationLink(services.config.publicUrl, made.secret)} what="the invitation's link" />
        </div>
      )}
      <PostForm
        action={act("invite")}
        token={token}
        hidden={back}
        className="grid gap-3 sm:grid-cols-[1fr_10rem_auto] sm:items-end"
      >
        <TextField label="Only for this address (optional)" name="email" type="email" placeholder="name@example.com" />
        <Select
          label="As"
          name="role"
          defaultValue="member"
          options={ROLES.filter((role) => atLeast(workspace.role, role)).map((role) => [role, role])}
        />
        <Button>Make an invitation</Button>
      </PostForm>
      {props.invitations.length > 0 && (
        <ul className="mt-5 divide-y divide-line border-line border-t text-sm">
          {props.invitations.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
              <div className="min-w-0 flex-1 basis-40">
                <p className="break-words">{one.email ?? "Whoever has the link"}</p>
                <p className="break-words text-quiet text-xs">
                  by {one.invitedBy ?? "the operator"}, until <Day iso={one.expiresAt} />
                  {Date.parse(one.expiresAt) - now < 86_400_000 && ", in less than a day"}
                </p>
              </div>
              <Badge>{one.role}</Badge>
              <PostForm action={act("revoke-invitation")} token={token} hidden={{ id: one.id, ...back }}>
                <Button look="quiet" label={`Revoke the invitation of ${one.email ?? "whoever has the link"}`}>
                  Revoke
                </Button>
              </PostForm>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
