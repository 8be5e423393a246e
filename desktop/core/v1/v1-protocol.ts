/** Protocol 1 for the connector: where to dial, and how a connection starts. The relay accepts by opening. */
import type { NodeProtocol } from "../connector/connector.ts";
import { runV1Session, type V1SessionOptions } from "./session.ts";

/** Room above the cap, so that one message that is too long is answered and does not cost the connection. */
const OVERSIZE = 4;

export interface V1ProtocolOptions extends Omit<V1SessionOptions, "link" | "sendText"> {
  /** `ws:` or `wss:`; its path is the relay's base path. */
  readonly relayUrl: URL;
  readonly nodeId: string;
}

export function v1Protocol({ relayUrl, nodeId, ...session }: V1ProtocolOptions): NodeProtocol {
  const address = new URL(relayUrl);
  address.pathname = `${relayUrl.pathname.replace(/\/$/, "")}/ws/node`;
  address.searchParams.set("node_id", nodeId);
  return {
    subprotocols: [],
    address,
    maxMessageBytes: OVERSIZE * session.local.maxMessageBytes,
    start({ link, online }) {
      online();
      runV1Session({ link, sendText: (text) => link.sendText(text), ...session });
    },
  };
}
