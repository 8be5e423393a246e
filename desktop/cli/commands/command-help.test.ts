import { describe, expect, it } from "vitest";
import { CHECKOUT_NAMES, INSTALLED_NAMES } from "../program-names.ts";
import { COMMANDS } from "./all.ts";
import { commandHelp } from "./command-help.ts";

const help = (line: string) => commandHelp(line.split(" "), INSTALLED_NAMES);

describe("a command's help", () => {
  it.each([...COMMANDS.map(({ name }) => name), "new-identity", "doctor"])("is there for %s", (name) => {
    const [usage = "", ...more] = help(`${name} --help`) ?? [];
    expect(usage).toMatch(new RegExp(`^usage: ora-node ${name}( \\S|$)`));
    expect(more.join(" ")).toMatch(/\w{3}/);
    expect(help(`${name} -h`)).toEqual([usage, ...more]);
  });

  it("is there after a word of the command, too", () => {
    expect(help("rules add --help")).toEqual(help("rules --help"));
    expect(help("doctor --json --help")).toEqual(help("doctor --help"));
  });

  it("calls the program what its owner types", () => {
    expect(commandHelp(["rules", "--help"], CHECKOUT_NAMES)?.[0]).toMatch(/^usage: npm run node -- rules /);
  });

  it.each(["rules", "rename x -h", "--help", "-h", "nothing --help", "--version --help"])(
    "is not asked for by %s",
    (line) => expect(help(line)).toBeUndefined(),
  );
});
