/** What worked and what did not, as a table in Markdown. */
import type { Step } from "./steps.ts";

export interface Outcome {
  readonly name: string;
  readonly kind: string;
  readonly steps: readonly Step[];
  /** What the tabs said that sounds like trouble. */
  readonly troubles: readonly string[];
}

export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ name, kind, steps }) =>
    steps.map(({ what, failure, tookMs }, at) =>
      [
        at === 0 ? `${name} (${kind})` : "",
        what,
        failure === undefined ? "works" : `fails: ${failure.split("\n")[0] ?? ""}`,
        `${(tookMs / 1000).toFixed(1)} s`,
      ].map((cell) => cell.replaceAll("|", "\\|")),
    ),
  );
  const lines = [["app", "what was done", "outcome", "took"], ["---", "---", "---", "---"], ...rows];
  const said = outcomes
    .filter(({ troubles }) => troubles.length > 0)
    .map(
      ({ name, troubles }) => `\n${name}'s tabs said:\n${troubles.map((line) => `- ${line}`).join("\n")}\n`,
    );
  return `${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n${said.join("")}`;
}
