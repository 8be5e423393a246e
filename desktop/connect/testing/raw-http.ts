/** HTTP by hand over a TCP socket, for what a library would never send or would hide. */
import { connect, type Socket } from "node:net";

export class RawConnection {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  /** How it ended: in order, or by a reset. */
  end: "open" | "fin" | "reset" = "open";
  private waiters: (() => void)[] = [];

  constructor(address: string) {
    const { hostname, port } = new URL(address);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on("data", (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    this.socket.on("end", () => {
      if (this.end === "open") this.end = "fin";
      this.wake();
    });
    this.socket.on("error", () => {
      this.end = "reset";
      this.wake();
    });
    this.socket.on("close", () => {
      if (this.end === "open") this.end = "fin";
      this.wake();
    });
  }

  write(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  /** Waits until what was received matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (this.end !== "open")
        throw new Error(`ended (${this.end}) without ${pattern}: ${this.text.slice(0, 500)}`);
      await new Promise<void>((resolve) => this.waiters.push(resolve));
    }
  }

  async ended(): Promise<"fin" | "reset"> {
    while (this.end === "open") await new Promise<void>((resolve) => this.waiters.push(resolve));
    return this.end;
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const run of waiters) run();
  }
}
