/**
 * Asks the PC for one-time links by which another origin or program pairs as a child of this device (protocol section
 * 5, `grant`): revoking this device revokes its children. A link is good for a minute or so and for one use.
 */

import { LINK_SECRET_BYTES } from "#shared/crypto/psk.ts";
import type { MuxClock } from "#shared/mux/clock.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { decodeBase64Url } from "#shared/protocol/base64url.ts";
import { isLinkRoute } from "#shared/protocol/pairing-code.ts";
import { formatPairingLink } from "#shared/protocol/pairing-link.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import { RelayError } from "./relay-error.ts";

/** How long the PC may take. Milliseconds. */
const GRANT_TIMEOUT_MS = 15_000;

/** What the PC may say instead of a link (protocol section 5). */
const REFUSALS: ReadonlyMap<unknown, ProblemCode> = new Map([
  ["busy", "node_busy"],
  ["too_deep", "may_not_let_in"],
]);

export interface GrantsOptions {
  readonly clock: MuxClock;
  readonly nodeId: string;
  readonly relayUrl: string;
  /** False when there is no connection. */
  readonly send: (message: ControlMessage) => boolean;
  /** Whether the PC knows of web apps. */
  readonly knowsApps: () => boolean;
  readonly problem: () => Problem | undefined;
}

export interface GrantOptions {
  /** For a web app's origin: its cookies are kept on the PC, and it lets nobody in itself. */
  readonly app?: boolean;
}

export class Grants {
  private readonly options: GrantsOptions;
  private readonly waiting = new Map<number, (answer: ControlMessage | Problem) => void>();
  private lastId = 0;

  constructor(options: GrantsOptions) {
    this.options = options;
  }

  /**
   * A pairing link, to be used once and soon; with `app`, for a web app's origin. Rejects with a RelayError:
   * `node_too_old` when the PC knows no apps.
   */
  async ask({ app = false }: GrantOptions = {}): Promise<string> {
    const { clock, nodeId, relayUrl, send, knowsApps, problem } = this.options;
    this.lastId += 1;
    const id = this.lastId;
    // It would let in an ordinary child, whose cookies nobody keeps.
    const isTooOld = app && problem() === undefined && !knowsApps();
    if (isTooOld) throw new RelayError({ code: "node_too_old" });
    const question = { type: "grant", id, ...(app && { app }) };
    if (!send(question)) throw new RelayError(problem() ?? { code: "no_answer" });
    const answer = await new Promise<ControlMessage | Problem>((resolve) => {
      const cancel = clock.after(GRANT_TIMEOUT_MS, () => settle({ code: "no_answer" }));
      const settle = (outcome: ControlMessage | Problem) => {
        this.waiting.delete(id);
        cancel();
        resolve(outcome);
      };
      this.waiting.set(id, settle);
    });
    if (!("type" in answer)) throw new RelayError(answer);
    if (answer.error !== undefined) {
      throw new RelayError({ code: REFUSALS.get(answer.error) ?? "channel_protocol" });
    }
    const { route, secret } = answer;
    const bytes = typeof secret === "string" ? decodeBase64Url(secret) : undefined;
    if (typeof route !== "string" || !isLinkRoute(route) || bytes?.length !== LINK_SECRET_BYTES) {
      throw new RelayError({ code: "channel_protocol" });
    }
    return formatPairingLink(relayUrl, { route, nodeId, secret: bytes });
  }

  /** A CONTROL message came. True when it was the answer to a question of ours. */
  answered(message: ControlMessage): boolean {
    const settle = message.type === "grant" ? this.waiting.get(Number(message.id)) : undefined;
    settle?.(message);
    return settle !== undefined;
  }
}
