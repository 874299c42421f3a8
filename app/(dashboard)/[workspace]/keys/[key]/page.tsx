import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { GRACE_CHOICES, KeyOverview } from "#lib/keys";
import {
  Button,
  Card,
  CodeBlock,
  Confirm,
  CopyField,
  Moment,
  Notice,
  PageHeader,
  PostForm,
  Select,
  TextArea,
  TextField,
} from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { keySamples } from "../key-samples.ts";
import { KeyStatus, madeBy, maskedKey, works } from "../key-words.tsx";

export const metadata: Metadata = { title: "API key" };

const NUMBER = new Intl.NumberFormat("en");
const GRACE_WORDS: Record<keyof typeof GRACE_CHOICES, string> = {
  now: "Ends now",
  "15m": "Works for 15 minutes more",
  "1h": "Works for 1 hour more",
  "6h": "Works for 6 hours more",
  "24h": "Works for 24 hours more",
};

type Props = PageProps<{ key: string }>;

export default async function Key({ params, searchParams }: Props) {
  const { workspace: workspaceId, key: id } = await params;
  const dashboard = await openDashboard(workspaceId);
  const { services, viewer, workspace, may, page } = dashboard;
  const [key, members, requests, people] = await Promise.all([
    services.keys.find(viewer, workspace.id, id),
    services.members.list(viewer, workspace.id),
    services.keys.usedInLastDay(viewer, workspace.id, id),
    services.people.list(workspace.id, { limit: 1 }),
  ]);
  if (!key) notFound();
  const acts = may("admin") && works(key);
  const samples = keySamples(services.config.publicUrl, key, people[0]?.username);
  return (
    <>
      <PageHeader title={key.name} way={[[page("keys"), "API keys"]]} />
      <Flash searchParams={searchParams} />
      {key.purpose === "mcp" && (
        <Notice>
          AI clients put this key into the image addresses they hand out. It was made when the first one connected; when
          it ends, pictures they handed out before no longer show.
        </Notice>
      )}
      <Card>
        <dl className="grid gap-x-6 gap-y-4 text-sm sm:grid-cols-3">
          <Fact name="Status">
            <KeyStatus of={key} now={dashboard.now} />
          </Fact>
          <Fact name="Type">{key.type}</Fact>
          <Fact name="Units this month">{NUMBER.format(key.unitsThisMonth)}</Fact>
          <Fact name="Last used">{key.lastUsedAt ? <Moment iso={key.lastUsedAt} now={dashboard.now} /> : "never"}</Fact>
          <Fact name="Made">
            <Moment iso={key.createdAt} now={dashboard.now} /> by {madeBy(key, members)}
          </Fact>
          {key.rotatedToId && (
            <Fact name="Replaced by">
              <a href={page(`keys/${key.rotatedToId}`)} className="text-accent underline">
                the key after it
              </a>
            </Fact>
          )}
        </dl>
      </Card>
      <Card
        title="The key"
        {...(key.key ? {} : { detail: "A secret key is shown once, when it is made. Rotate it if nobody kept it." })}
      >
        {key.key ? (
          <div className="flex flex-col gap-4">
            <CopyField text={key.key} what="the key" />
            {works(key) &&
              samples.map(({ name, code }) => (
                <CodeBlock key={name} title={name} code={code} what={`the sample for ${name}`} />
              ))}
          </div>
        ) : (
          <code className="font-mono text-sm">{maskedKey(key)}</code>
        )}
      </Card>
      {acts && <Rename dashboard={dashboard} of={key} />}
      {key.type === "publishable" && (
        <Domains dashboard={dashboard} of={key} acts={acts} typed={firstOf((await searchParams)["domains"])} />
      )}
      {acts && key.status === "active" && <Rotate dashboard={dashboard} of={key} />}
      {acts && <Revoke dashboard={dashboard} of={key} requests={requests} />}
    </>
  );
}

type PartProps = { dashboard: Dashboard; of: KeyOverview };

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet text-xs">{name}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}

function Rename({ dashboard: { act, page, token }, of: key }: PartProps) {
  return (
    <Card title="Name">
      <PostForm
        action={act("rename-key")}
        token={token}
        hidden={{ id: key.id, back: page(`keys/${key.id}`) }}
        className="flex max-w-lg items-end gap-3"
      >
        <TextField
          label="Name of the key"
          name="name"
          defaultValue={key.name}
          required
          maxLength={80}
          className="flex-1"
        />
        <Button look="plain">Rename</Button>
      </PostForm>
    </Card>
  );
}

function Domains(props: PartProps & { acts: boolean; typed: string | undefined }) {
  const { act, page, token } = props.dashboard;
  const { of: key, acts, typed } = props;
  return (
    <Card
      title="Allowed domains"
      detail="The sites whose pages may use the key. Without any, every site may, and requests without a page behind them too."
    >
      {acts ? (
        <PostForm
          action={act("set-domains")}
          token={token}
          hidden={{ id: key.id, back: page(`keys/${key.id}`) }}
          className="grid max-w-lg gap-3"
        >
          <TextArea
            label="Domains, one a line"
            name="domains"
            defaultValue={typed ?? key.allowedDomains.join("\n")}
            placeholder={"app.example.com\n*.example.com"}
            rows={Math.max(3, key.allowedDomains.length + 1)}
          />
          <div>
            <Button look="plain">Save domains</Button>
          </div>
        </PostForm>
      ) : (
        <p className="break-words text-sm">{key.allowedDomains.join(", ") || "Every site."}</p>
      )}
    </Card>
  );
}

function Rotate({ dashboard: { act, page, token }, of: key }: PartProps) {
  return (
    <Card
      title="Rotate"
      detail={`Makes a new key of the same name, type and domains. The one that ends in ${key.last4} goes on working for the time you choose, so that nothing breaks while you replace it.`}
    >
      <PostForm
        action={act("rotate-key")}
        token={token}
        hidden={{ id: key.id, back: page(`keys/${key.id}`) }}
        className="flex max-w-lg flex-wrap items-end gap-3"
      >
        <Select
          label={`The key …${key.last4}`}
          name="grace"
          defaultValue="1h"
          options={Object.entries(GRACE_WORDS)}
          className="flex-1 basis-56"
        />
        <Button look="plain">Rotate key …{key.last4}</Button>
      </PostForm>
    </Card>
  );
}

function Revoke({ dashboard: { act, page, token }, of: key, requests }: PartProps & { requests: number }) {
  const used =
    requests === 0
      ? "It was not used in the last 24 hours."
      : `It was used ${requests === 1 ? "once" : `${NUMBER.format(requests)} times`} in the last 24 hours.`;
  return (
    <Card title="Revoke" danger detail={`Ends the key for good, within a second. ${used}`}>
      <Confirm label="Revoke" about={`key …${key.last4}`}>
        <p className="text-pretty text-sm leading-6">
          Whatever still uses “{key.name}” ({maskedKey(key)}) is refused. {used} This cannot be taken back.
        </p>
        <PostForm action={act("revoke-key")} token={token} hidden={{ id: key.id, back: page("keys") }} className="mt-3">
          <Button look="danger">Revoke key …{key.last4}</Button>
        </PostForm>
      </Confirm>
    </Card>
  );
}
