/**
 * A script of protocol version 1. Its token is worth nothing after the relay or the node was started again; then it pairs
 * with the code that the node shows.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { bulkChunks } from "../../support/bulk.ts";
import { connectV1, pairV1, type V1Client } from "../../support/v1-client.ts";
import { KEY_HEADER } from "../soak-api.ts";
import type { Caller } from "./caller.ts";

/** The protocol has no sign of life for clients: its users give up by themselves. */
const PATIENCE_MS = 40_000;

class V1Failure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = `v1 ${code}`;
  }
}

/** `code` is the newest that the node has shown. */
export function v1Caller(options: {
  name: string;
  relay: string;
  code: () => string | undefined;
}): Caller & { close(): void } {
  const { name, relay, code } = options;
  let client: V1Client | undefined;
  let token: string | undefined;
  let entering: Promise<V1Client> | undefined;

  async function enter(): Promise<V1Client> {
    if (token === undefined) {
      const shown = code();
      if (shown === undefined) throw new V1Failure("no code");
      const { status, body } = await pairV1(relay, shown);
      if (status !== 200) throw new V1Failure(`pair ${status}`);
      token = String(body.token);
    }
    const entered = await connectV1(relay, token);
    client = entered;
    entered.socket.on("error", () => undefined);
    entered.socket.on("close", (closeCode) => {
      if (client === entered) client = undefined;
      if (closeCode === CLOSE.DENIED) token = undefined;
    });
    return entered;
  }

  async function entered(): Promise<V1Client> {
    if (client !== undefined) return client;
    entering ??= enter().finally(() => {
      entering = undefined;
    });
    return entering;
  }

  return {
    name,
    streams: false,
    talk: undefined,
    async ask({ path, upload }) {
      const through = await entered();
      const body = upload && Buffer.concat([...bulkChunks(upload.from + upload.length, upload.from)]);
      const answering = through.request({
        path,
        ...(upload && { method: upload.method }),
        ...(body && { body }),
      });
      const answer = await within(answering, () => {
        through.socket.terminate();
        return new V1Failure("no answer");
      });
      if (answer.error !== undefined) throw new V1Failure(answer.error);
      const bytes = Buffer.from(answer.body_b64 ?? "", "base64");
      return { status: answer.status ?? 0, key: answer.headers?.[KEY_HEADER], body: oneChunk(bytes) };
    },
    close: () => client?.socket.terminate(),
  };
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function within<Value>(promise: Promise<Value>, tooLate: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), PATIENCE_MS);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}
