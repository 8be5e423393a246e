/**
 * Tests that need programs of the system. Where one is missing they are skipped, loudly and with the line that
 * installs it; under CI a missing program is a failure, because there nobody reads what was skipped.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";

/** Program → the Debian packages that bring it. */
export type Programs = Readonly<Record<string, string>>;

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      // Not in this directory: look in the next.
      return false;
    }
  });
}

/** Which of them are not there, and the line that installs them; undefined when all are. */
export function missingPrograms(programs: Programs): string | undefined {
  const missing = Object.keys(programs).filter((program) => !isInstalled(program));
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((program) => programs[program]))].join(" ");
  return `${missing.join(", ")} not found: apt-get install -y ${packages}`;
}

/** A `describe` whose tests run when every program is there. */
export function describeWith(programs: Programs, name: string, tests: () => void): void {
  describeUnless(missingPrograms(programs), name, tests);
}

/**
 * A `describe` whose tests run unless something is missing: then `how` says what, and how to get it. A gap fails
 * where `mustRun` is set, under CI if not said otherwise.
 */
export function describeUnless(
  how: string | undefined,
  name: string,
  tests: () => void,
  mustRun = Boolean(process.env.CI),
): void {
  if (how === undefined) {
    describe(name, tests);
    return;
  }
  if (mustRun) {
    describe(name, () => {
      it("has what it needs", () => expect.fail(how));
    });
    return;
  }
  process.stderr.write(`\nSKIPPED "${name}": ${how}\n`);
  describe.skip(`${name} (${how})`, tests);
}
