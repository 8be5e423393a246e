/**
 * The types of inner frames (protocol section 4, "Inside a record"), as they stand on the wire. A decoder skips
 * types it does not know from 0x80 up, and treats unknown ones below as a `protocol` error: that is the room for
 * extensions, optional ones above, ones that need `features` below.
 */
export const INNER = {
  /** Not a frame: from here to the end of the record everything is zero. */
  PADDING: 0x00,
  /** Client to node, opens a stream. JSON `{method, path, headers:[[k,v]…], end?, upgrade?}`. */
  REQUEST: 0x01,
  /** Node to client, once per stream. JSON `{status, headers:[[k,v]…], end?}`. */
  RESPONSE: 0x02,
  /** Either way: at least one byte of body. Costs stream and channel credit. */
  DATA: 0x03,
  /** This direction is complete. Empty, or JSON `{trailers:[[k,v]…]}`. */
  END: 0x04,
  /** u16 code (reset-codes.ts), then a reason in UTF-8 of at most 1,024 bytes. Ends both directions. */
  RESET: 0x05,
  /** u32 bytes of credit to add, not zero. Stream 0 is the channel. */
  WINDOW: 0x06,
  /** Flags u8 (WS_FLAG), then message bytes. Costs credit for all of its payload, the flags included. */
  WS: 0x07,
  /** Stream 0, 8 bytes that the PONG repeats. */
  PING: 0x08,
  /** Stream 0, the 8 bytes of a PING. */
  PONG: 0x09,
  /** Stream 0, a JSON object with a `type`. */
  CONTROL: 0x0a,
} as const;

/** Types from here up may be skipped by who does not know them. */
export const FIRST_OPTIONAL_TYPE = 0x80;

/**
 * Flags of a WS frame. The first frame of a message has exactly one of TEXT and BINARY, the ones that continue it
 * neither; FINAL stands on the last. CLOSE stands alone: u16 code, reason; after it comes END.
 */
export const WS_FLAG = { TEXT: 1, BINARY: 2, FINAL: 4, CLOSE: 8 } as const;
