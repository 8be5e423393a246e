/**
 * What a client says between its request to upgrade and our answer. It is kept for whoever takes over; and it has to be
 * read, because a socket that nobody reads does not tell that its client has gone.
 */
import type { Duplex } from "node:stream";

/** More than this before the answer is not read yet. Bytes. */
const MAX_EARLY_BYTES = 64 * 1024;

export class EarlyBytes {
  private readonly socket: Duplex;
  private readonly gone: () => void;
  private chunks: Buffer[] = [];
  private bytes = 0;
  private readonly read = (chunk: Buffer) => {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > MAX_EARLY_BYTES) this.socket.pause();
  };
  private readonly ended = () => {
    // To HTTP a client that closes its half has left.
    this.socket.end();
    this.gone();
  };

  constructor(socket: Duplex, rest: Buffer, gone: () => void) {
    this.socket = socket;
    this.gone = gone;
    if (rest.length > 0) this.chunks.push(rest);
    socket.on("data", this.read);
    socket.on("end", this.ended);
    socket.on("close", gone);
  }

  /** Hands over what came, and stops looking. The socket is paused: resume it when there is another reader. */
  take(): Buffer {
    const { socket } = this;
    socket.off("data", this.read);
    socket.off("end", this.ended);
    socket.off("close", this.gone);
    socket.pause();
    const taken = Buffer.concat(this.chunks);
    this.chunks = [];
    return taken;
  }
}
