/**
 * Every server scenario of the official suite (@modelcontextprotocol/conformance 0.2.0-alpha.12), by revision: those that
 * apply to a server with our three tools and one resource, and why the others do not.
 */
type Applicable = {
  scenario: string;
  /** Single checks that cannot be made here, and why. Each must still fail, so that none is listed for nothing. */
  except?: Readonly<Record<string, string>>;
};

const NO_DIAGNOSTICS = "needs a diagnostic tool of the suite's own, which a server for people does not list";

export const APPLICABLE: Readonly<Record<string, readonly Applicable[]>> = {
  "2025-11-25": [
    { scenario: "server-initialize" },
    { scenario: "ping" },
    { scenario: "tools-list" },
    { scenario: "resources-list" },
    { scenario: "dns-rebinding-protection" },
  ],
  "2026-07-28": [
    {
      scenario: "server-stateless",
      except: {
        "sep-2575-server-rejects-undeclared-capability": NO_DIAGNOSTICS,
        "sep-2575-missing-capability-http-400": NO_DIAGNOSTICS,
        "sep-2575-http-server-no-independent-requests-on-stream": NO_DIAGNOSTICS,
        "sep-2575-server-no-log-without-loglevel": NO_DIAGNOSTICS,
      },
    },
    { scenario: "tools-list" },
    { scenario: "resources-list" },
    { scenario: "server-sse-multiple-streams" },
    { scenario: "sep-2164-resource-not-found" },
    { scenario: "dns-rebinding-protection" },
    { scenario: "caching", except: { "sep-2549-prompts-list-caching-hints": "we offer no prompts" } },
    { scenario: "http-header-validation" },
    { scenario: "input-required-result-unsupported-methods" },
    { scenario: "input-required-result-validate-input" },
  ],
};

/** Those that call tools and read resources of the suite's own: on a mount that only this test has, in every revision. */
export const WITH_FIXTURES = [
  "tools-call-simple-text",
  "tools-call-image",
  "tools-call-audio",
  "tools-call-embedded-resource",
  "tools-call-mixed-content",
  "tools-call-error",
  "resources-read-text",
  "resources-read-binary",
  "resources-templates-read",
] as const;

const NO_STREAM = "needs notifications on the way to a result; ours come at once, as one JSON answer";
const NO_PROMPTS = "we offer no prompts";
const NO_INPUT = "needs a tool that asks back; ours never do";
const STATELESS = "tests sessions and streams of one's own, which are optional and not offered";
const NO_SUBSCRIPTIONS = "needs resources that change; our one never does, and the capability is not declared";

export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  "server-session-lifecycle": STATELESS,
  "server-sse-polling": STATELESS,
  "2025-11-25/server-sse-multiple-streams": STATELESS,
  "logging-set-level": "logging to clients is optional, deprecated since 2026-07-28, and not offered",
  "completion-complete": "completes arguments of prompts and resource templates, and we offer neither",
  "tools-call-with-logging": NO_STREAM,
  "tools-call-with-progress": NO_STREAM,
  "tools-call-sampling": NO_INPUT,
  "tools-call-elicitation": NO_INPUT,
  "json-schema-2020-12": "reads the schema of a tool of the suite's own; ours are strict and checked by the Inspector",
  "elicitation-sep1034-defaults": NO_INPUT,
  "elicitation-sep1330-enums": NO_INPUT,
  "resources-subscribe": NO_SUBSCRIPTIONS,
  "resources-unsubscribe": NO_SUBSCRIPTIONS,
  "prompts-list": NO_PROMPTS,
  "prompts-get-simple": NO_PROMPTS,
  "prompts-get-with-args": NO_PROMPTS,
  "prompts-get-embedded-resource": NO_PROMPTS,
  "prompts-get-with-image": NO_PROMPTS,
  "http-custom-header-server-validation": "needs a tool with x-mcp-header annotations; ours have none",
  "input-required-result-basic-elicitation": NO_INPUT,
  "input-required-result-basic-sampling": NO_INPUT,
  "input-required-result-basic-list-roots": NO_INPUT,
  "input-required-result-request-state": NO_INPUT,
  "input-required-result-multiple-input-requests": NO_INPUT,
  "input-required-result-multi-round": NO_INPUT,
  "input-required-result-missing-input-response": NO_INPUT,
  "input-required-result-non-tool-request": NO_INPUT,
  "input-required-result-result-type": NO_INPUT,
  "input-required-result-tampered-state": NO_INPUT,
  "input-required-result-capability-check": NO_INPUT,
  "input-required-result-ignore-extra-params": NO_INPUT,
};
