/**
 * What a socket may do before it has proved anything: a few messages, a few bytes, and an absolute deadline that no
 * traffic moves. Bytes are counted on the wire below the WebSocket, so that half a message counts too. The number of
 * sockets in this state is bounded, in all and per address.
 */
import { CLOSE } from "#shared/protocol/close-codes.ts";
import { AddressCount } from "./address-count.ts";
import type { Clock, Timer } from "./clock.ts";
import type { ByteCounter } from "./intake.ts";
import { MAX_UNPROVEN, MAX_UNPROVEN_PER_ADDRESS } from "./limits.ts";
import type { PeerSocket } from "./peer-socket.ts";

export interface ProbationLimits {
  readonly messages: number;
  readonly bytes: number;
  readonly ms: number;
}

/** How many sockets are on probation, and from where. */
export class ProbationRegister extends AddressCount {
  constructor({ max = MAX_UNPROVEN, maxPerAddress = MAX_UNPROVEN_PER_ADDRESS } = {}) {
    super({ max, maxPerAddress });
  }
}

export class Probation implements ByteCounter {
  private readonly peer: PeerSocket;
  private readonly register: ProbationRegister;
  private readonly limits: ProbationLimits;
  /** Undefined once it is over. */
  private timer: Timer | undefined;
  private messages = 0;
  private bytes = 0;

  constructor(options: {
    peer: PeerSocket;
    register: ProbationRegister;
    clock: Clock;
    limits: ProbationLimits;
  }) {
    this.peer = options.peer;
    this.register = options.register;
    this.limits = options.limits;
    this.timer = options.clock.after(options.limits.ms, () => this.fail(CLOSE.TIMEOUT, "nothing_proved"));
    this.peer.countBytesFor(this);
    this.register.change(this.peer.address, 1);
  }

  /** Counts a message or a ping. False when it was one too many: the socket is being closed. */
  countMessage(): boolean {
    if (this.timer === undefined) return true;
    this.messages += 1;
    if (this.messages <= this.limits.messages) return true;
    this.fail(CLOSE.POLICY_VIOLATION, "too_much_before_proof");
    return false;
  }

  /** Ends the probation: the socket has proved itself, or is gone. */
  end(): void {
    if (this.timer === undefined) return;
    this.timer.cancel();
    this.timer = undefined;
    this.peer.countBytesFor(undefined);
    this.register.change(this.peer.address, -1);
  }

  countBytes(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.bytes) this.fail(CLOSE.POLICY_VIOLATION, "too_much_before_proof");
  }

  private fail(code: number, reason: string): void {
    this.end();
    this.peer.close(code, reason);
  }
}
