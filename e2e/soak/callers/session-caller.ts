/** The client library, as a program on a phone or in a browser uses it. */
import type { RelaySession } from "#shared/client/relay-client.ts";
import { bulkChunks } from "../../support/bulk.ts";
import type { Piece } from "../piece.ts";
import { KEY_HEADER } from "../soak-api.ts";
import type { Caller } from "./caller.ts";

export function sessionCaller(name: string, session: RelaySession): Caller {
  return {
    name,
    streams: true,
    async ask({ path, upload, signal }) {
      const response = await session.fetch(path, {
        ...(upload !== undefined && { method: upload.method, body: streamOf(upload) }),
        ...(signal !== undefined && { signal }),
      });
      return {
        status: response.status,
        key: response.headers.get(KEY_HEADER) ?? undefined,
        body: response.body ?? [],
      } as Awaited<ReturnType<Caller["ask"]>>;
    },
    talk: (path) => session.webSocket(path),
  };
}

function streamOf({ from, length }: Piece): ReadableStream<Uint8Array> {
  const chunks = bulkChunks(from + length, from);
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
