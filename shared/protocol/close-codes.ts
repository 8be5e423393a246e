/**
 * WebSocket close codes (protocol section 9). They come from a relay that proves nothing, so an endpoint
 * treats them as hints: none of them makes it forget a pairing.
 */
export const CLOSE = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  RELAY_RESTARTING: 1012,
  BAD_REQUEST: 4400,
  NODE_AUTH_FAILED: 4401,
  DENIED: 4403,
  UNKNOWN_ROUTE: 4404,
  TIMEOUT: 4408,
  REPLACED: 4409,
  OFFER_GONE: 4410,
  TOO_BIG: 4413,
  UPGRADE_REQUIRED: 4426,
  RATE_LIMITED: 4429,
  NODE_OFFLINE: 4503,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];
