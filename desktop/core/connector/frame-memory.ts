/**
 * Memory for binary frames on their way out. Small ones share blocks, as Node's buffers do. A large one gets a block that
 * is used again when the socket has passed the frame on: a block each would be most of what a download allocates, and
 * collecting them would take a fifth of the processor.
 */

const SMALL_FRAME_BYTES = 16 * 1024;
/** Above the longest message of a link, so that one size of block serves all of them. */
const BLOCK_BYTES = 66 * 1024;
/** As many as wait in a socket at most, and a few that are being filled. */
const MAX_FREE_BLOCKS = 8;

export class FrameMemory {
  private readonly blocks = new WeakSet<ArrayBufferLike>();
  private readonly free: ArrayBuffer[] = [];

  /** Memory for a frame. `offset` bytes stand before it, so that what begins there is aligned as the caller wants it. */
  take(bytes: number, offset = 0): Buffer {
    const whole = offset + bytes;
    if (whole <= SMALL_FRAME_BYTES || whole > BLOCK_BYTES) return Buffer.allocUnsafe(whole).subarray(offset);
    return Buffer.from(this.free.pop() ?? this.newBlock(), offset, bytes);
  }

  /** Whether `frame` lies in a block, and has to be given back. */
  isBlock(frame: Uint8Array): boolean {
    return this.blocks.has(frame.buffer);
  }

  /** Nobody reads or writes `frame` any more, which `take` gave. */
  giveBack({ buffer }: Uint8Array): void {
    const isOurs = buffer instanceof ArrayBuffer && this.blocks.has(buffer);
    if (isOurs && this.free.length < MAX_FREE_BLOCKS) this.free.push(buffer);
  }

  private newBlock(): ArrayBuffer {
    const block = new ArrayBuffer(BLOCK_BYTES);
    this.blocks.add(block);
    return block;
  }
}
