/**
 * What came of every piece of work. An answer is right to the last byte, or somebody was told that it is not whole; what
 * is wrong and was reported as good is what the whole run looks for, and so is work of which nobody was told anything.
 */

export type Outcome =
  | { readonly kind: "right"; readonly bytes: number }
  /** Whoever asked was told, by this word. */
  | { readonly kind: "told"; readonly word: string }
  /** Lost, cut, doubled or mixed up, and reported as good. */
  | { readonly kind: "wrong"; readonly what: string }
  /** Nothing came, and no word of it. */
  | { readonly kind: "stuck"; readonly what: string };

export interface Counts {
  readonly begun: number;
  readonly right: number;
  readonly told: number;
  readonly wrong: number;
  readonly stuck: number;
  readonly bytes: number;
}

export class Tally {
  private readonly byJob = new Map<string, { -readonly [Key in keyof Counts]: number }>();
  private readonly words = new Map<string, number>();
  /** One line each. */
  readonly findings: string[] = [];
  private readonly found: (finding: string) => void;

  /** `found` is told of each finding when it is made. */
  constructor(found: (finding: string) => void = () => undefined) {
    this.found = found;
  }

  began(job: string): void {
    this.of(job).begun += 1;
  }

  ended(job: string, outcome: Outcome): void {
    const counts = this.of(job);
    counts[outcome.kind] += 1;
    if (outcome.kind === "right") counts.bytes += outcome.bytes;
    else if (outcome.kind === "told") this.words.set(outcome.word, (this.words.get(outcome.word) ?? 0) + 1);
    else this.finding(`${outcome.kind}: ${job}: ${outcome.what}`);
  }

  /** Something that is wrong and belongs to no job. */
  finding(what: string): void {
    this.findings.push(what);
    this.found(what);
  }

  get jobs(): ReadonlyMap<string, Counts> {
    return this.byJob;
  }

  get toldWords(): ReadonlyMap<string, number> {
    return this.words;
  }

  get total(): Counts {
    const total = { begun: 0, right: 0, told: 0, wrong: 0, stuck: 0, bytes: 0 };
    for (const counts of this.byJob.values()) {
      for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key];
    }
    return total;
  }

  private of(job: string) {
    let counts = this.byJob.get(job);
    if (counts === undefined) {
      counts = { begun: 0, right: 0, told: 0, wrong: 0, stuck: 0, bytes: 0 };
      this.byJob.set(job, counts);
    }
    return counts;
  }
}

/** The word by which an error tells: a code where it has one. */
export function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
