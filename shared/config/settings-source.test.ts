import { describe, expect, it } from "vitest";
import { nothingIsSet, settingsSource } from "./settings-source.ts";

const directory = "/home/ann";

describe("where settings come from", () => {
  it("is told by name and place, without a value", () => {
    const said = settingsSource({
      environment: { ORA_RELAY_URL: "wss://a.example", ORA_RELAY_ENROLL_KEY: "secret", PATH: "/bin" },
      dotEnv: { ORA_NODE_NAME: "desk" },
      directory,
    });
    expect(said).toBe(
      "ORA_RELAY_ENROLL_KEY, ORA_RELAY_URL from the environment; ORA_NODE_NAME from .env in /home/ann",
    );
  });

  it("is the environment where both have one, also when it is empty there", () => {
    const dotEnv = { ORA_RELAY_URL: "wss://a.example" };
    expect(settingsSource({ environment: { ORA_RELAY_URL: "wss://b.example" }, dotEnv, directory })).toBe(
      "ORA_RELAY_URL from the environment",
    );
    expect(settingsSource({ environment: { ORA_RELAY_URL: "" }, dotEnv, directory })).toBeUndefined();
  });

  it("is nowhere when nothing is set, and then it is said whether there was a file", () => {
    expect(settingsSource({ environment: {}, dotEnv: { OTHER: "1" }, directory })).toBeUndefined();
    expect(nothingIsSet({ dotEnv: {}, directory })).toBe(
      "nothing is set in the environment, nor in a .env in /home/ann",
    );
    expect(nothingIsSet({ dotEnv: undefined, directory })).toMatch(/, where there is none$/);
  });
});
