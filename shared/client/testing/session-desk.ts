/** A session without sockets: the test answers its attempts, its questions and its requests, and moves its time. */

import type { ChannelHandlers, ChannelResult } from "#shared/client/channel.ts";
import type { Problem } from "#shared/client/problem.ts";
import { Session } from "#shared/client/session.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import type { ClientMuxer } from "#shared/mux/muxer.ts";
import { StepClock } from "./step-clock.ts";

/** A request, and who listens to its answer: for tests that look at neither. */
export const head = { method: "GET", path: "/", headers: [] };
export const listener = {
  data: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  writable: () => undefined,
};

/** A channel whose other end is the test. */
export class HandChannel {
  readonly handlers: ChannelHandlers;
  readonly calls: string[] = [];
  private pings: ((roundTripMs: number | undefined) => void)[] = [];
  refusal: "busy" | "draining" | "closed" | undefined;
  readonly muxer: ClientMuxer;

  constructor(handlers: ChannelHandlers) {
    this.handlers = handlers;
    this.muxer = {
      openStreams: 0,
      isDraining: false,
      roundTripMs: undefined,
      start: () => void this.calls.push("start"),
      sendControl: () => undefined,
      ping: () => new Promise((resolve) => this.pings.push(resolve)),
      drain: () => void this.calls.push("drain"),
      close: (code) => void this.calls.push(`close ${code}`),
      openStream: (head) => this.refusal ?? ({ head, id: 0, of: this } as never),
    };
  }

  /** Answers what was asked. */
  async answer(): Promise<void> {
    for (const resolve of this.pings.splice(0)) resolve(5);
    await turn();
  }

  /** Lets the deadlines pass. */
  async silence(): Promise<void> {
    for (const resolve of this.pings.splice(0)) resolve(undefined);
    await turn();
  }

  get asked(): number {
    return this.pings.length;
  }
}

/** Lets promises that have settled be heard. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 8; count += 1) await Promise.resolve();
}

/** A session whose channels are in the hands of the test. */
export class SessionDesk {
  readonly clock = new StepClock();
  readonly states: SessionState[] = [];
  readonly channels: HandChannel[] = [];
  readonly controls: string[] = [];
  confirmations = 0;
  /** Attempts that nobody has answered. */
  readonly pending: {
    settle: (result: ChannelResult) => void;
    handlers: ChannelHandlers;
    signal: AbortSignal;
  }[] = [];
  readonly session = new Session({
    openChannel: (handlers, signal) =>
      new Promise((settle) => {
        this.pending.push({ settle, handlers, signal });
      }),
    clock: this.clock,
    now: this.clock.now,
    random: () => 0,
    stateChanged: (state) => this.states.push(state),
    confirmed: () => {
      this.confirmations += 1;
    },
    control: ({ type }) => this.controls.push(type),
  });

  get status(): string {
    return this.session.state.status;
  }

  async open(): Promise<HandChannel> {
    const attempt = this.pending.shift();
    if (attempt === undefined) throw new Error("nobody is connecting");
    const channel = new HandChannel(attempt.handlers);
    this.channels.push(channel);
    attempt.settle({ ok: true, muxer: channel.muxer });
    await turn();
    return channel;
  }

  async refuse(problem: Problem): Promise<void> {
    this.pending.shift()?.settle({ ok: false, problem });
    await turn();
  }

  async connected(): Promise<HandChannel> {
    this.session.start();
    const channel = await this.open();
    await channel.answer();
    return channel;
  }
}
