import { describe, expect, it } from "vitest";
import { CHECKOUT_NAMES, INSTALLED_NAMES, programNames } from "./program-names.ts";

describe("the names in hints", () => {
  it.each([
    ["npm start", "/home/me/ora/dist/start.mjs", "start"],
    ["npm run node", "/home/me/ora/dist/node.mjs", "node"],
    ["the bundle of a checkout", "/home/me/ora/dist/node.mjs", undefined],
    ["the bundle of a checkout, on Windows", "C:\\ora\\dist\\node.mjs", undefined],
  ])("are npm's for %s", (_, script, npmScript) => {
    expect(programNames({ script, npmScript })).toBe(CHECKOUT_NAMES);
  });

  it.each([
    ["a program on the path", "/usr/local/bin/ora-node", undefined],
    ["npx", "/home/me/.npm/_npx/1/node_modules/.bin/ora-node", "npx"],
    ["what Windows' shim starts", "C:\\me\\node_modules\\ora-relay\\dist\\node.mjs", undefined],
    ["a dependency in the scripts of another project", "/p/node_modules/ora-relay/dist/node.mjs", "start"],
    ["a file that was copied", "/opt/node.mjs", undefined],
    ["nothing", undefined, undefined],
  ])("are the programs' own for %s", (_, script, npmScript) => {
    expect(programNames({ script, npmScript })).toBe(INSTALLED_NAMES);
  });
});
