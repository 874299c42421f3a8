import type { ContentBlock, Tool as ListedTool } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { AccessGrant, Scope } from "#lib/oauth";
import type { Outcome, Unit } from "#lib/quotas";
import type { Services } from "#lib/services";

/** What a call may use: the services, and for whom it is made. */
export type CallContext = { services: Services; grant: AccessGrant };

/** What a tool made of a call. `outcome` is for the AvatarRequest row; `meta` is for hosts, models do not see it. */
export type Ran<Structured> =
  | { content: ContentBlock[]; structured: Structured; outcome?: Outcome; meta?: Record<string, unknown> }
  /** An answer, though not the one hoped for: the sentence is what the model reads. */
  | { error: string; outcome?: Outcome };

/** Whose monthly quota the refusal speaks of. */
export type Subject = "avatar" | "profile";

type Spec<Input extends z.ZodObject, Output extends z.ZodObject, Wanted> = {
  name: string;
  title: string;
  description: string;
  /** What a connection must have been given. */
  scope: Scope;
  /** What a call costs; null: nothing, and no row is written. */
  meter: { subject: Subject; unit: (wanted: Wanted) => Unit } | null;
  input: Input;
  output: Output;
  annotations: { readOnlyHint: true; destructiveHint: false; openWorldHint: false };
  /** The MCP Apps view that shows the result, for hosts that can. */
  view?: string;
  /** The arguments in the service's own words; throws AppError for what the schema alone cannot see. */
  read: (input: z.output<Input>) => Wanted;
  run: (wanted: Wanted, context: CallContext) => Promise<Ran<z.input<Output>>>;
};

/** A tool whose types were checked where it was defined: `prepare` gives the steps of one call in order. */
export type Tool = {
  name: string;
  scope: Scope;
  subject: Subject | null;
  input: z.ZodObject;
  prepare: (input: z.output<z.ZodObject>) => {
    units: Unit[];
    run: (context: CallContext) => Promise<Ran<Record<string, unknown>>>;
  };
  /** As tools/list shows it. */
  listed: (publicUrl: string) => ListedTool;
};

/** A tool as one typed object; its schemas both validate and are what clients are shown. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject, Wanted>(
  spec: Spec<Input, Output, Wanted>,
): Tool {
  const { name, title, description, scope, meter, annotations, view } = spec;
  const securitySchemes = [{ type: "oauth2", scopes: [scope] }];
  const inputSchema = z.toJSONSchema(spec.input, { io: "input" }) as ListedTool["inputSchema"];
  const outputSchema = z.toJSONSchema(spec.output, { io: "output" }) as NonNullable<ListedTool["outputSchema"]>;
  return {
    name,
    scope,
    subject: meter?.subject ?? null,
    input: spec.input,
    prepare(input) {
      const wanted = spec.read(input as z.output<Input>);
      return { units: meter ? [meter.unit(wanted)] : [], run: (context) => spec.run(wanted, context) };
    },
    listed: (publicUrl) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema,
      annotations: { title, ...annotations },
      icons: [{ src: `${publicUrl}/icon.svg`, mimeType: "image/svg+xml", sizes: ["any"] }],
      // ChatGPT reads these to know what to ask for; hosts that keep to the specification's fields find the copy.
      ...{ securitySchemes },
      _meta: { securitySchemes, ...(view ? { ui: { resourceUri: view }, "ui/resourceUri": view } : {}) },
    }),
  };
}
