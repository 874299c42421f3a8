import { Download } from "lucide-react";
import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { readShownOnce } from "#lib/http";
import type { KeyOverview } from "#lib/keys";
import { Button, ButtonLink, Card, CodeBlock, CopyButton, CopyField, Notice, PostForm } from "#lib/ui";
import { keySamples } from "../../../../../(dashboard)/[workspace]/keys/key-samples.ts";
import { maskedKey } from "../../../../../(dashboard)/[workspace]/keys/key-words.tsx";
import { type Dashboard, openDashboard, type PageProps } from "../../../../../(dashboard)/dashboard.ts";
import { LeaveGuard } from "../../../../leave-guard.tsx";

export const metadata: Metadata = { title: "New API key" };

/** The one page that has a secret key on it. A publishable one can be seen again, so nothing guards it. */
export default async function NewKey({ params }: PageProps<{ key: string }>) {
  const { workspace: workspaceId, key: id } = await params;
  const dashboard = await openDashboard(workspaceId);
  const { services, viewer, workspace } = dashboard;
  const key = await services.keys.find(viewer, workspace.id, id);
  if (!key) notFound();
  const shown = readShownOnce(new Headers(await headers()), "key");
  const secret = shown?.id === key.id ? shown.secret : key.key;
  if (!secret) return <Gone dashboard={dashboard} of={key} />;
  return <Shown dashboard={dashboard} of={key} secret={secret} />;
}

async function Shown({ dashboard, of: key, secret }: { dashboard: Dashboard; of: KeyOverview; secret: string }) {
  const { services, workspace, act, page, token } = dashboard;
  const once = key.type === "secret";
  const [person] = await services.people.list(workspace.id, { limit: 1 });
  const samples = keySamples(services.config.publicUrl, { type: key.type, key: secret }, person?.username);
  const file = `AVTRZ_URL=${services.config.publicUrl}\nAVTRZ_KEY=${secret}\n`;
  const hide = (code: string) => (once ? code.replaceAll(secret, maskedKey(key)) : code);
  const back = { back: page("keys") };
  return (
    <>
      {once && <LeaveGuard action={act("forget-key")} fields={{ form_token: token, ...back }} />}
      <header>
        <h1 className="break-words font-semibold text-2xl tracking-tight">{key.name}: the key is made</h1>
        <p className="mt-1 text-pretty text-quiet text-sm leading-6">
          {once
            ? "This is the only time it is shown. Keep it where your server reads its secrets; whoever has it can use this workspace's quota and read its facts."
            : "It can only fetch faces, so it may stand in pages. It can be seen again under API keys."}
        </p>
      </header>
      <Card title="The key">
        <div data-keep="" className="flex flex-col gap-4">
          {once ? <Secret secret={secret} masked={maskedKey(key)} /> : <CopyField text={secret} what="the key" />}
          <div>
            <ButtonLink
              plainAnchor
              href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
              download="avtrz.env"
            >
              <Download size={16} aria-hidden /> Download .env
            </ButtonLink>
          </div>
        </div>
      </Card>
      <Card title="Try it" detail={`In ${workspace.name}, as it stands.`}>
        <div data-keep="" className="flex flex-col gap-4">
          {samples.map(({ name, code }) => (
            <CodeBlock key={name} title={name} code={code} shown={hide(code)} what={`the sample for ${name}`} />
          ))}
        </div>
      </Card>
      <div data-keep="">
        <PostForm action={act("forget-key")} token={token} hidden={back}>
          <Button>{once ? "I have kept the key" : "Done"}</Button>
        </PostForm>
      </div>
    </>
  );
}

/** Opens and closes without a script. */
function Secret({ secret, masked }: { secret: string; masked: string }) {
  return (
    <div className="flex min-w-0 items-start gap-2 rounded-lg border border-line bg-sunk py-1.5 pr-1.5 pl-3">
      <details className="group min-w-0 flex-1">
        <summary className="flex cursor-pointer list-none flex-wrap items-center justify-between gap-x-3 [&::-webkit-details-marker]:hidden">
          <code className="font-mono text-xs leading-6 group-open:hidden">{masked}</code>
          <span className="text-accent text-xs leading-6 underline">
            <span className="group-open:hidden">Reveal the key</span>
            <span className="hidden group-open:inline">Hide the key</span>
          </span>
        </summary>
        <code className="select-all break-all font-mono text-xs leading-5">{secret}</code>
      </details>
      <CopyButton text={secret} what="the key" />
    </div>
  );
}

function Gone({ dashboard: { page }, of: key }: { dashboard: Dashboard; of: KeyOverview }) {
  return (
    <>
      <h1 className="break-words font-semibold text-2xl tracking-tight">{key.name}</h1>
      <Notice>
        This secret key ({maskedKey(key)}) was shown once, when it was made, and is stored nowhere. If nobody kept it,
        rotate it: that makes a new one in its place.
      </Notice>
      <div>
        <ButtonLink plainAnchor href={page(`keys/${key.id}`)} look="strong">
          To the key
        </ButtonLink>
      </div>
    </>
  );
}
