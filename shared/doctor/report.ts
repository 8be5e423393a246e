/** The report of one examination: lines for people as findings come, or one JSON object for programs at the end. */
import { type Finding, findingLines, findingsJson, isWell, verdictLine } from "./finding.ts";

export interface Report {
  readonly add: (finding: Finding) => void;
  /** Prints the rest. Returns whether nothing is wrong. */
  close(): boolean;
}

export function startReport(options: { json: boolean; print: (line: string) => void }): Report {
  const { json, print } = options;
  const findings: Finding[] = [];
  return {
    add(finding) {
      findings.push(finding);
      if (!json) for (const line of findingLines(finding)) print(line);
    },
    close() {
      print(json ? findingsJson(findings) : verdictLine(findings));
      return isWell(findings);
    },
  };
}
