/**
 * Says much to the other instances, a piece in each turn of the event loop, so that nobody here waits for all of it. One
 * recital is for everybody who has asked before it begins; who asks meanwhile gets the next. It ends early when nobody is
 * left who asked.
 */

export interface RecitalOptions {
  /** What there is to be said, as it is when its turn comes. Each piece is one message. */
  readonly pieces: () => Iterator<object>;
  readonly say: (piece: object) => void;
  /** All that there is has been said, to this one too. */
  readonly done: (asker: string) => void;
}

interface Round {
  readonly pieces: Iterator<object>;
  /** Undefined where nobody asked: it is for whoever listens. */
  readonly askers: Set<string> | undefined;
}

export class Recital {
  private readonly options: RecitalOptions;
  private readonly waiting = new Set<string>();
  private round: Round | undefined;

  constructor(options: RecitalOptions) {
    this.options = options;
  }

  /** Begins anew, for whoever listens. The first piece is said at once. */
  toAll(): void {
    this.stop();
    this.begin(undefined);
  }

  /** Says all to one who asks, once it has begun for nobody else. */
  to(asker: string): void {
    this.waiting.add(asker);
    if (this.round === undefined) this.beginNext();
  }

  /** Gives up what is for those that are not there any more. */
  keepFor(isThere: (asker: string) => boolean): void {
    const { round } = this;
    for (const askers of [this.waiting, round?.askers ?? []]) {
      for (const asker of askers) if (!isThere(asker)) this.forget(asker);
    }
    if (round?.askers?.size === 0) this.beginNext();
  }

  stop(): void {
    this.waiting.clear();
    this.round = undefined;
  }

  private forget(asker: string): void {
    this.waiting.delete(asker);
    this.round?.askers?.delete(asker);
  }

  private beginNext(): void {
    this.round = undefined;
    if (this.waiting.size === 0) return;
    const askers = new Set(this.waiting);
    this.waiting.clear();
    this.begin(askers);
  }

  private begin(askers: Set<string> | undefined): void {
    const round: Round = { pieces: this.options.pieces(), askers };
    this.round = round;
    this.turn(round);
  }

  private turn(round: Round): void {
    if (this.round !== round) return;
    const { value, done } = round.pieces.next();
    if (done !== true) {
      this.options.say(value);
      setImmediate(() => this.turn(round));
      return;
    }
    for (const asker of round.askers ?? []) this.options.done(asker);
    this.beginNext();
  }
}
