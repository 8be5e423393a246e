/** What a client sent to the relay in protocol 2 as text: `open` and nothing else. Nothing here throws. */
import { parseFields } from "#shared/protocol/json-fields.ts";
import {
  BAD_MESSAGE,
  INVALID_JSON,
  type InvalidMessage,
  UNKNOWN_TYPE,
} from "#shared/protocol/v2/decode-from-node.ts";
import { ROUTE_TOKEN_BYTES } from "#shared/protocol/v2/limits.ts";
import { exactB64u, nodeIdText, routeText } from "#shared/protocol/v2/message-fields.ts";
import type { Open } from "#shared/protocol/v2/relay-messages.ts";

/** Decodes a text message of a client. One that names both a route and a token is refused. */
export function decodeClientToRelay(text: string): Open | InvalidMessage {
  const fields = parseFields(text);
  if (fields === undefined) return INVALID_JSON;
  if (fields.type !== "open") return UNKNOWN_TYPE;
  if (fields.route !== undefined) {
    const route = routeText(fields.route);
    const both = fields.node_id !== undefined || fields.token !== undefined;
    return route === undefined || both ? BAD_MESSAGE : { type: "open", route };
  }
  const node_id = nodeIdText(fields.node_id);
  const token = exactB64u(fields.token, ROUTE_TOKEN_BYTES);
  return node_id === undefined || token === undefined ? BAD_MESSAGE : { type: "open", node_id, token };
}
