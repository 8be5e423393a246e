/** The last step of every handshake, at both ends: from a complete Noise handshake to a running channel. */
import type { Link, LinkClose } from "#shared/link.ts";
import type { CryptoBackend } from "./backend.ts";
import { checkNumber } from "./check-number.ts";
import type { DelayClock, FrameInbox } from "./frame-inbox.ts";
import type { Handshake } from "./noise.ts";
import { SecureChannel } from "./secure-channel.ts";

/** What both ends of a channel are made with. */
export interface ChannelTools {
  /** Carries frames. The handshake listens to it and closes it when it fails. */
  readonly link: Link<Uint8Array>;
  readonly backend: CryptoBackend;
  readonly clock: DelayClock;
  /** Left out: 10 s. */
  readonly timeoutMs?: number;
}

export interface Established {
  readonly channel: SecureChannel;
  /** Four digits that both screens show when pairing. */
  readonly checkNumber: string;
}

export function establish(
  tools: ChannelTools & { inbox: FrameInbox; handshake: Handshake; confirmed: boolean },
): Established {
  const { link, backend, clock, inbox, handshake, confirmed } = tools;
  const { send, receive, handshakeHash } = handshake.split();
  // Until then, and where there is none, everything is computed here.
  for (const cipher of [send, receive]) void cipher.useLater(backend.laterAead);
  const kill = (close: LinkClose) => inbox.kill(close);
  const channel = new SecureChannel({ link, send, receive, clock, confirmed, kill });
  return { channel, checkNumber: checkNumber(backend.sha256, handshakeHash) };
}

/** Runs a handshake; when it throws (a key that cannot be used any more), the link does not stay open. */
export async function closingOnError<Result>(inbox: FrameInbox, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    inbox.fail("refused");
    throw error;
  }
}
