/** A server that speaks OpenAI's POST /v1/embeddings, its errors included, with vectors that a test chooses. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** How one request is answered, where not as it should be. */
export type Trouble = {
  status?: number;
  headers?: Record<string, string>;
  /** The sentence of the error, as OpenAI has it. */
  message?: string;
  /** Milliseconds before anything is said. */
  slow?: number;
  hangUp?: boolean;
  /** Something else than the contract's answer. */
  body?: string;
  /** Fewer vectors than texts. */
  short?: boolean;
};

export type EmbeddingsRequest = {
  model: string;
  texts: string[];
  dimensions: number | undefined;
  authorization: string | undefined;
};

export type EmbeddingsServer = {
  /** With /v1, as clients are configured. */
  url: string;
  asked: EmbeddingsRequest[];
  /** What becomes of the next requests, by the number of those before. */
  trouble: (request: EmbeddingsRequest, before: number) => Trouble | undefined;
  vector: (text: string) => number[];
  close: () => Promise<void>;
};

/** `vector` is what each text becomes. */
export async function startEmbeddingsServer(vector: (text: string) => number[]): Promise<EmbeddingsServer> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", async () => {
      const json = (status: number, value: unknown, headers: Record<string, string> = {}) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(typeof value === "string" ? value : JSON.stringify(value));
      };
      if (request.method !== "POST" || request.url !== "/v1/embeddings") {
        json(404, failure("Unknown request URL.", "unknown_url"));
        return;
      }
      const { model, input, dimensions } = JSON.parse(body) as {
        model: string;
        input: string | string[];
        dimensions?: number;
      };
      const texts = typeof input === "string" ? [input] : input;
      const asked = { model, texts, dimensions, authorization: request.headers.authorization };
      const trouble = stand.trouble(asked, stand.asked.length);
      stand.asked.push(asked);
      if (trouble?.slow) await new Promise((resolve) => setTimeout(resolve, trouble.slow));
      if (trouble?.hangUp) {
        request.socket.destroy();
        return;
      }
      if (trouble?.status) {
        json(trouble.status, failure(trouble.message ?? "That failed."), trouble.headers);
        return;
      }
      if (trouble?.body !== undefined) {
        json(200, trouble.body);
        return;
      }
      const data = texts.slice(trouble?.short ? 1 : 0).map((text, index) => ({
        object: "embedding",
        index,
        embedding: stand.vector(text),
      }));
      json(200, { object: "list", data, model, usage: { prompt_tokens: 8, total_tokens: 8 } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stand: EmbeddingsServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: [],
    trouble: () => undefined,
    vector,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return stand;
}

function failure(message: string, code: string | null = null) {
  return { error: { message, type: "invalid_request_error", param: null, code } };
}
