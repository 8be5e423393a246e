/**
 * Asks the owner about devices that want in, one after the other, and tells what came of each. The question that he is
 * to answer next is the last thing on screen: whoever prints something else repeats it.
 */
import type { PairingAnswer, PairingQuestion } from "../core/pairing/pairing-desk.ts";
import type { ProgramNames } from "./program-names.ts";

export interface QuestionPromptOptions {
  readonly log: (text: string) => void;
  /** This terminal takes answers; else they come by command. */
  readonly answersHere: boolean;
  readonly names: ProgramNames;
}

export interface QuestionPrompt {
  readonly isOpen: boolean;
  asked(question: PairingQuestion): void;
  closed(id: number, answer: PairingAnswer): void;
  /** Asks again: something else was printed. */
  repeat(): void;
}

const OUTCOMES: Readonly<Record<PairingAnswer, string>> = {
  allowed: "is let in",
  refused: "is refused",
  late: "is refused: nobody answered in time",
  left: "has gone; nothing to answer any more",
};

export function questionPrompt({ log, answersHere, names }: QuestionPromptOptions): QuestionPrompt {
  const open = new Map<number, PairingQuestion>();

  function repeat(): void {
    const [first] = open.values();
    if (first === undefined) return;
    const byCommand = `${names.node} pair --allow ${first.id}, or --refuse ${first.id}`;
    log(answersHere ? `  let ${first.name} in? y or n, then Enter` : `  ${byCommand}`);
  }

  return {
    get isOpen() {
      return open.size > 0;
    },
    asked(question) {
      const { id, name, client, via, checkNumber } = question;
      open.set(id, question);
      log(
        `${name} (${client || "no program named"}) wants in by ${via === "link" ? "the link" : "the code"}`,
      );
      log(`  its screen shows the check number ${checkNumber}, if it is the one in front of you`);
      repeat();
    },
    closed(id, answer) {
      const question = open.get(id);
      open.delete(id);
      if (question !== undefined) log(`${question.name} ${OUTCOMES[answer]}`);
      repeat();
    },
    repeat,
  };
}
