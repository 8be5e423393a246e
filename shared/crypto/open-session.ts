/** A paired device opens an encrypted channel to its node: IK, one round trip (protocol section 4). */
import { type Begun, begin, type ClientChannel, type ClientOptions, exchange } from "./client-exchange.ts";
import { closingOnError } from "./establish.ts";
import { FrameInbox, HANDSHAKE_TIMEOUT_MS } from "./frame-inbox.ts";
import { FRAME } from "./frames.ts";
import type { HandshakeFailure } from "./handshake-failure.ts";

export interface SessionOptions extends ClientOptions {
  readonly nodePublicKey: Uint8Array;
  /** What `beginSession` gave for the same keys; left out: it begins now. */
  readonly begun?: Promise<Begun>;
}

/**
 * Makes the first message before there is a link: for the time that dialling takes. Rejects when the device's key cannot
 * be used; nobody needs to listen to that before `openSession` does.
 */
export function beginSession(
  options: Pick<SessionOptions, "backend" | "deviceKey" | "nodePublicKey">,
): Promise<Begun> {
  const begun = begin(options, sessionMessage(options));
  begun.catch(() => undefined);
  return begun;
}

/**
 * Opens a session. A node that does not know the device completes this too and says `denied` inside the channel.
 * Rejects only when the device's key cannot be used; the link is closed then.
 */
export async function openSession(options: SessionOptions): Promise<ClientChannel | HandshakeFailure> {
  const { link, clock, timeoutMs = HANDSHAKE_TIMEOUT_MS, begun } = options;
  const inbox = new FrameInbox(link, clock, timeoutMs);
  return closingOnError(inbox, () => exchange({ ...options, inbox }, sessionMessage(options), begun));
}

function sessionMessage({ nodePublicKey }: Pick<SessionOptions, "nodePublicKey">) {
  return { type: FRAME.HS1, nodePublicKey, payload: new Uint8Array(0) };
}
