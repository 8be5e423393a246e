/** Limits of protocol version 1 that no setting changes. They bound what one message may make a program keep. */

/** A request id: longer ones are refused, because it comes back in every answer. UTF-16 units. */
export const MAX_ID_LENGTH = 256;

/** A method token. The longest registered one has 17 characters. */
export const MAX_METHOD_LENGTH = 32;

/** Path with query. Servers commonly stop at 8 to 16 KiB. */
export const MAX_PATH_LENGTH = 16 * 1024;

/** Headers of one request or response. */
export const MAX_HEADER_COUNT = 256;

/** Names and values of all headers of one request or response, in UTF-16 units. */
export const MAX_HEADERS_LENGTH = 64 * 1024;

/** A pairing code of any node's form. */
export const MAX_CODE_LENGTH = 128;

/** An error name in a node's answer. */
export const MAX_ERROR_LENGTH = 256;
