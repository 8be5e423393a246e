/**
 * A first word with a server of the bus, before the library is let at it: a server that hangs would make the library
 * leave a socket behind at each attempt. It also tells what the library's errors do not: whether TLS is to be had.
 */
import { connect } from "node:net";
import { parseFields } from "#shared/protocol/json-fields.ts";
import type { BusServer } from "./bus-settings.ts";
import { CONNECT_TIMEOUT_MS } from "./cluster-limits.ts";

/** What a server says of itself first, as far as it matters here. */
export interface BusGreeting {
  readonly maxPayload: number;
  readonly offersTls: boolean;
  readonly wantsLogin: boolean;
}

const MAX_GREETING_BYTES = 64 * 1024;

/** Undefined when nobody answers there in time, or not as a NATS server does. */
export function greetingOf({ host, port }: BusServer): Promise<BusGreeting | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host, port });
    const end = (greeting: BusGreeting | undefined) => {
      resolve(greeting);
      socket.destroy();
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(undefined));
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      text += piece;
      if (text.includes("\n")) end(parsed(text));
      else if (text.length > MAX_GREETING_BYTES) end(undefined);
    });
    socket.on("error", () => end(undefined));
    socket.on("close", () => end(undefined));
  });
}

function parsed(text: string): BusGreeting | undefined {
  const json = /^INFO\s+(\{.*\})\s*$/m.exec(text)?.[1];
  if (json === undefined) return undefined;
  const said = parseFields(json);
  if (said === undefined) return undefined;
  const { max_payload: maxPayload, tls_required, tls_available, auth_required } = said;
  if (typeof maxPayload !== "number" || !(maxPayload > 0)) return undefined;
  return {
    maxPayload,
    offersTls: tls_required === true || tls_available === true,
    wantsLogin: auth_required === true,
  };
}
