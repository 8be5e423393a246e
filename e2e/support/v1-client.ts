/**
 * A client of protocol version 1 as somebody's script would write it: pairs with a code, opens the socket with
 * the token, keeps many requests in flight. It shares no code with the programs under test.
 */
import { once } from "node:events";
import { WebSocket } from "ws";

export interface V1Answer {
  readonly id: string;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body_b64?: string;
  readonly error?: string;
}

export interface V1Client {
  readonly socket: WebSocket;
  request(fields: {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: Uint8Array;
  }): Promise<V1Answer>;
  close(): void;
}

/** Posts a code. `relay` is an `http://` origin. */
export async function pairV1(
  relay: string,
  code: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${relay}/api/pair`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  const body: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body };
}

/** Opens the client socket. Rejects when the relay does not let it in. */
export async function connectV1(relay: string, token: string): Promise<V1Client> {
  const socket = new WebSocket(`${relay.replace(/^http/, "ws")}/ws/client`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  const waiting = new Map<string, (answer: V1Answer) => void>();
  const cut = (error: string) => {
    for (const [id, settle] of waiting) settle({ id, error });
    waiting.clear();
  };
  socket.on("message", (data) => {
    const answer: V1Answer = JSON.parse(String(data));
    const settle = waiting.get(answer.id);
    waiting.delete(answer.id);
    settle?.(answer);
  });
  socket.on("close", (code) => cut(`closed_${code}`));
  await once(socket, "open");
  let last = 0;
  return {
    socket,
    request({ method = "GET", path = "/", headers = {}, body }) {
      last += 1;
      const id = `r${last}`;
      const body_b64 = body === undefined ? "" : Buffer.from(body).toString("base64");
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        socket.send(JSON.stringify({ type: "http_proxy", id, method, path, headers, body_b64 }));
      });
    },
    close: () => socket.close(),
  };
}
