import { Inbox } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import {
  Badge,
  Bars,
  Button,
  ButtonLink,
  Card,
  Choice,
  CodeBlock,
  Confirm,
  CopyField,
  Day,
  Empty,
  Face,
  FileField,
  FilterSelect,
  Filters,
  Menu,
  Meter,
  Moment,
  Notice,
  PageHeader,
  Pager,
  PostForm,
  Select,
  Stat,
  Table,
  TextArea,
  TextField,
  Trouble,
} from "#lib/ui";
import { withQuery } from "../(dashboard)/dashboard.ts";

export const metadata: Metadata = { title: "Components", robots: { index: false } };

const DAYS = Array.from({ length: 14 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
const NOW = Date.UTC(2026, 0, 15);

/** Every component in every state, to be looked at while one is changed. In production there is no such page. */
export default function Components() {
  if (process.env.NODE_ENV === "production") notFound();
  return (
    <main className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-8">
      <PageHeader
        title="Components"
        lead="Every component in every state."
        way={[["/", "Home"]]}
        actions={
          <>
            <ButtonLink href="/">Plain</ButtonLink>
            <Button>Strong</Button>
          </>
        }
      />
      <Card title="Buttons" detail="Their words say the result.">
        <div className="flex flex-wrap items-center gap-2">
          <Button>Create key</Button>
          <Button look="plain">Filter</Button>
          <Button look="quiet">Clear</Button>
          <Button look="danger">Revoke key …x7Qp</Button>
          <Button disabled>Disabled</Button>
          <Confirm label="Revoke" about="key …x7Qp">
            <p className="text-sm">What will happen.</p>
          </Confirm>
          <Menu about="Menu" label="Menu" className="px-3 py-2 text-sm">
            <p className="px-2 py-1 text-sm">A line</p>
          </Menu>
        </div>
      </Card>
      <Card title="Words">
        <div className="flex flex-wrap gap-2">
          <Badge>member</Badge>
          <Badge tone="good">active</Badge>
          <Badge tone="warn">rotating</Badge>
          <Badge tone="danger">revoked</Badge>
          <Badge tone="accent">owner</Badge>
          <Moment iso={new Date(NOW - 3 * 3_600_000).toISOString()} now={NOW} />
          <Day iso={new Date(NOW).toISOString()} />
        </div>
      </Card>
      <Notice>Something to know.</Notice>
      <Notice tone="good">The key is revoked.</Notice>
      <Notice tone="warn">80 % of this month is used.</Notice>
      <Notice tone="danger">Only an owner may do that. Ask one.</Notice>
      <dl className="grid gap-3 sm:grid-cols-4">
        <Stat label="Requests" value="12,340" change="+8 % on the 14 days before" />
        <Stat label="Real faces" value="91 %" />
        <Stat label="Failures" value="0" />
        <Stat label="p95" value="18 ms" />
      </dl>
      <Card title="Chart">
        <Bars
          label="Requests a day"
          steps={DAYS}
          series={[
            { name: "Photo", colour: 1, values: DAYS.map((_, day) => day * 17) },
            { name: "Initials", colour: 4, values: DAYS.map((_, day) => 60 - day * 3) },
            { name: "Refused", colour: 5, values: DAYS.map((_, day) => day % 3) },
          ]}
        />
      </Card>
      <Card title="Meters">
        <div className="grid gap-4 sm:grid-cols-2">
          <Meter label="None" used={0} limit={1_000} />
          <Meter label="Some" used={412} limit={1_000} />
          <Meter label="Soon over" used={840} limit={1_000} />
          <Meter label="Over" used={1_000} limit={1_000} />
          <Meter label="No limit" used={12_340} limit={null} />
        </div>
      </Card>
      <Card title="Form">
        <PostForm action="/ui" className="grid gap-4 sm:grid-cols-2">
          <TextField label="Name" name="name" hint="What the list will call it." />
          <TextField label="Domain" name="domain" error="That is not a domain." defaultValue="exa mple" />
          <Select label="Role" name="role" options={[["member", "Member"]]} />
          <TextArea label="Domains" name="domains" placeholder="example.com" />
          <Choice
            legend="Type"
            name="type"
            chosen="one"
            options={[
              { value: "one", words: "One", detail: "What one means." },
              { value: "other", words: "The other", detail: "What the other means." },
            ]}
          />
          <FileField label="File" name="file" accept=".csv" hint="A LinkedIn Connections.csv." />
        </PostForm>
      </Card>
      <Card title="Copy">
        <div className="grid gap-3">
          <CopyField text="https://avtrz.example/mcp" what="the address" label="Address for AI clients" />
          <CodeBlock code={'curl "https://avtrz.example/v1/avatar?username=janedoe"'} what="the command" />
          <CodeBlock title="curl" code={'curl "https://avtrz.example/v1/avatar?username=janedoe"'} what="the same" />
        </div>
      </Card>
      <Card title="Table" flush>
        <div className="px-4 pb-3 sm:px-5">
          <Filters clearHref="/ui">
            <FilterSelect name="status" label="Status" value="" options={[["", "Any status"]]} />
          </Filters>
        </div>
        <Table label="People" heads={["Person", "Company", { sr: "Acts" }]}>
          <tr>
            <td className="flex items-center gap-3">
              <Face src="/icon.svg" name="Ada Brook" size={32} /> Ada Brook
            </td>
            <td>Harbour & Vale</td>
            <td />
          </tr>
        </Table>
        <Pager words="50 of many" nextHref={withQuery("/ui", { cursor: "x" })} firstHref="/ui" />
      </Card>
      <Card title="Nothing" flush>
        <Empty icon={Inbox} title="No requests yet" action={<ButtonLink href="/">Make a key</ButtonLink>}>
          The first one shows up here a second after it was made.
        </Empty>
      </Card>
      <Card title="Trouble" flush>
        <Trouble sentence="The database does not answer." cure="Try again in a moment." requestId="req_0000" />
      </Card>
    </main>
  );
}
