import { expect } from "vitest";
import type { ErrorCode } from "../../lib/platform/errors.ts";
import type { Services } from "../../lib/services.ts";
import { expectDescribed, type Operation } from "./openapi.ts";

/** Fails unless the answer is the problem document of this code, as RFC 9457 and the OpenAPI document have it. */
export async function expectProblem(
  services: Services,
  operation: Operation,
  response: Response,
  status: number,
  code: ErrorCode,
): Promise<{ title: string; detail: string }> {
  const body = await response.clone().json();
  expect(body).toEqual({
    type: `${services.config.publicUrl}/docs/errors#${code}`,
    title: expect.stringMatching(/\S/),
    detail: expect.stringMatching(/\S/),
    status,
    code,
    request_id: response.headers.get("x-request-id"),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("x-error-code")).toBe(code);
  expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  expect(response.headers.get("vary")).toBe("Accept");
  await expectDescribed(services, operation, response);
  return body;
}
