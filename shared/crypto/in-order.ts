/**
 * Hands values on in the order in which they were put in, whether they are there at once or come later. What is there at
 * once, with nothing before it, is handed on before `put` returns.
 */

interface Place<Value> {
  value: { readonly is: Value } | undefined;
}

export class InOrder<Value> {
  private readonly handOn: (value: Value) => void;
  private waiting: Place<Value>[] = [];
  private onceEmpty: (() => void)[] = [];

  constructor(handOn: (value: Value) => void) {
    this.handOn = handOn;
  }

  put(value: Value): void {
    if (this.waiting.length === 0) this.handOn(value);
    else this.waiting.push({ value: { is: value } });
  }

  /** The promise must not reject. */
  putLater(value: Promise<Value>): void {
    const place: Place<Value> = { value: undefined };
    this.waiting.push(place);
    void value.then((is) => {
      place.value = { is };
      this.handOnWhatIsThere();
    });
  }

  /** Runs a function when nothing waits: now, or after the last that does. */
  whenEmpty(run: () => void): void {
    if (this.waiting.length === 0) run();
    else this.onceEmpty.push(run);
  }

  private handOnWhatIsThere(): void {
    for (let first = this.waiting[0]; first?.value !== undefined; first = this.waiting[0]) {
      try {
        this.handOn(first.value.is);
      } finally {
        // Not before: what is put in meanwhile stands behind it.
        this.waiting.shift();
      }
    }
    if (this.waiting.length > 0) return;
    const runs = this.onceEmpty;
    this.onceEmpty = [];
    for (const run of runs) run();
  }
}
