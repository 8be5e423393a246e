/**
 * What a doctor finds, in the form in which it is shown to people and to programs. A finding says what is, and when
 * something is wrong what to type; nothing in it comes unread from another machine.
 */

/** `note` is worth reading and harms nobody; `skipped` could not be looked at. */
export type FindingState = "ok" | "wrong" | "note" | "skipped";

export interface Finding {
  /** The check's name, stable for programs. */
  readonly check: string;
  readonly state: FindingState;
  readonly said: string;
  /** What to do, a line each. */
  readonly advice?: readonly string[];
}

export const ok = (check: string, said: string): Finding => ({ check, state: "ok", said });

export const skipped = (check: string, said: string): Finding => ({ check, state: "skipped", said });

export const note = (check: string, said: string, ...advice: string[]): Finding => ({
  check,
  state: "note",
  said,
  advice,
});

export const wrong = (check: string, said: string, ...advice: string[]): Finding => ({
  check,
  state: "wrong",
  said,
  advice,
});

const CHECK_WIDTH = 13;
const WORDS: Readonly<Record<FindingState, string>> = {
  ok: "ok    ",
  wrong: "WRONG ",
  note: "note  ",
  skipped: "-     ",
};

/** A finding as lines for people. */
export function findingLines({ check, state, said, advice = [] }: Finding): string[] {
  const indent = " ".repeat(WORDS.ok.length + CHECK_WIDTH + 1);
  return [
    `${WORDS[state]} ${check.padEnd(CHECK_WIDTH)} ${said}`,
    ...advice.map((line) => `${indent} > ${line}`),
  ];
}

/** All of it for programs: one JSON object. */
export function findingsJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: isWell(findings), checks: findings });
}

/** Whether nothing is wrong. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== "wrong");
}

/** The last line for people. */
export function verdictLine(findings: readonly Finding[]): string {
  const count = findings.filter(({ state }) => state === "wrong").length;
  if (count === 0) return "all is well";
  return count === 1 ? "one thing is wrong" : `${count} things are wrong`;
}
