/**
 * What the two ends of a link say to each other: sixteen bytes of header, and what belongs to it. Nothing here throws,
 * whatever came over the bus.
 *
 *     0  type        1  flags       2..7  the sending instance's address
 *     8..11  number of the link, as its near end counts        12..15  number of the frame, in its direction
 */

export const HEADER_BYTES = 16;

export const FRAME = {
  /** Parts of a message. */
  TEXT: 1,
  BINARY: 2,
  /** So many bytes of messages were taken (u32). */
  ACK: 3,
  /** The holder ends it: code (u16), then the reason. */
  CLOSE: 4,
  /** The holder ends it, and nothing of what waits shall be delivered. */
  CUT: 5,
  /** The near end is gone. */
  END: 6,
  /** The holder takes the client over. */
  ACCEPT: 7,
  /** No such link here. Never answered. */
  UNKNOWN: 8,
  /** Of no link: so many bytes have come from you in all (u48). */
  CREDIT: 9,
  /** Of no link: I have forgotten you, and every link with you. */
  BYE: 10,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

const LAST_TYPE = FRAME.BYE;

/** More parts of the same message follow. */
const MORE = 1;
/** It comes from the near end of the link, where the client's socket is. */
const FROM_NEAR = 2;

export const MAX_LINK_NUMBER = 0xffff_ffff;
export const ADDRESS_BYTES = 6;

export interface Frame {
  readonly type: FrameType;
  readonly more: boolean;
  readonly fromNear: boolean;
  readonly from: number;
  readonly link: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** A frame with room for a payload of `size` bytes, all but its number in the sequence. */
export function startFrame(
  type: FrameType,
  size: number,
  { fromNear, from, link, more, isKept }: StartedFrame,
): Buffer {
  // What waits must not keep the pool's other tenants.
  const frame = isKept
    ? Buffer.allocUnsafeSlow(HEADER_BYTES + size)
    : Buffer.allocUnsafe(HEADER_BYTES + size);
  frame[0] = type;
  frame[1] = (more ? MORE : 0) | (fromNear ? FROM_NEAR : 0);
  frame.writeUIntBE(from, 2, ADDRESS_BYTES);
  frame.writeUInt32BE(link, 8);
  return frame;
}

export interface StartedFrame {
  readonly from: number;
  readonly link: number;
  readonly fromNear: boolean;
  readonly more?: boolean;
  readonly isKept?: boolean;
}

export function numberFrame(frame: Buffer, sequence: number): void {
  frame.writeUInt32BE(sequence, 12);
}

/** The next number of a sequence: they go round. */
export function nextNumber(sequence: number): number {
  return (sequence + 1) >>> 0;
}

export function decodeFrame(data: Buffer): Frame | undefined {
  if (data.length < HEADER_BYTES) return undefined;
  const type = frameType(data[0]);
  if (type === undefined) return undefined;
  const flags = data[1] ?? 0;
  return {
    type,
    more: (flags & MORE) !== 0,
    fromNear: (flags & FROM_NEAR) !== 0,
    from: data.readUIntBE(2, ADDRESS_BYTES),
    link: data.readUInt32BE(8),
    sequence: data.readUInt32BE(12),
    payload: data.subarray(HEADER_BYTES),
  };
}

function frameType(byte: number | undefined): FrameType | undefined {
  return byte !== undefined && byte >= FRAME.TEXT && byte <= LAST_TYPE ? (byte as FrameType) : undefined;
}
