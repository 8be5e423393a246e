/** What the owner has to know about clients without encryption when he wants to be asked before a pairing. */
import type { NodeConfig } from "../core/config.ts";
import { isLoopbackHost } from "../core/loopback.ts";

/** One line, or undefined when there is nothing to say. */
export function plaintextRemark({
  askBeforePairing,
  allowPlaintext,
  plaintextIsChosen,
  relayUrl,
}: Pick<NodeConfig, "askBeforePairing" | "allowPlaintext" | "plaintextIsChosen" | "relayUrl">):
  | string
  | undefined {
  if (!askBeforePairing) return undefined;
  if (plaintextIsChosen) {
    return allowPlaintext
      ? "clients without encryption are let in by their code alone: you are not asked about them (ORA_NODE_ALLOW_PLAINTEXT=1)"
      : undefined;
  }
  // Elsewhere they are off anyway.
  return isLoopbackHost(relayUrl.hostname)
    ? "clients without encryption are off: you could not be asked about them (ORA_NODE_ALLOW_PLAINTEXT=1 lets them in unasked)"
    : undefined;
}
