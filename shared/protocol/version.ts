/** What this software calls itself on the wire. */

/** The WebSocket subprotocol that selects protocol version 2. Without it a connection speaks version 1. */
export const SUBPROTOCOL_V2 = "ora.v2";

/** Sent to peers and shown by `--version`; the test beside package.json keeps the two equal. */
export const VERSION = "1.0.0";

/** `agent` in protocol messages: a name for support, never a basis for decisions. */
export const AGENT = `ora/${VERSION}`;
