/**
 * The heads of an exchange as the stream layer carries them: method, path, status and header pairs, nothing
 * interpreted. What they mean as HTTP is the business of the two ends.
 */

/** Name and value; several of one name may follow each other (Set-Cookie). Values are latin-1. */
export type HeaderPair = readonly [name: string, value: string];
export type HeaderPairs = readonly HeaderPair[];

export interface RequestHead {
  readonly method: string;
  /** Path and query as the client wrote them. Not checked here beyond being one line of visible latin-1. */
  readonly path: string;
  readonly headers: HeaderPairs;
  /** There is no body: the client's direction is complete with this head. */
  readonly end?: boolean;
  /** Asks for a WebSocket. The client's direction stays silent until the answer is 101. */
  readonly upgrade?: "websocket";
}

export interface ResponseHead {
  /** 101 (only to an upgrade) or 200 to 999. Other 1xx are dropped before they come here. */
  readonly status: number;
  readonly headers: HeaderPairs;
  /** There is no body: the node's direction is complete with this head. */
  readonly end?: boolean;
}
