import { describe, expect, it } from "vitest";
import type { Environment } from "#shared/config/settings.ts";
import { dialUrl, isElsewhere, quickstartEnvironment } from "./quickstart-environment.ts";

const settings = (env: Environment) => quickstartEnvironment(env, { asks: false });

describe("the settings of npm start", () => {
  it("keep the relay's log quiet and plaintext on, unless said otherwise", () => {
    expect(settings({ A: "1" })).toEqual({
      A: "1",
      ORA_RELAY_LOG_LEVEL: "warn",
      ORA_NODE_ALLOW_PLAINTEXT: "1",
    });
    const said = { ORA_RELAY_LOG_LEVEL: "debug", ORA_NODE_ALLOW_PLAINTEXT: "0" };
    expect(settings(said)).toEqual(said);
    const isPublic = { ORA_RELAY_PUBLIC_URL: "https://relay.example" };
    expect(settings(isPublic)).not.toHaveProperty("ORA_NODE_ALLOW_PLAINTEXT");
  });

  it("keep plaintext off when the owner wants to be asked about everybody", () => {
    expect(quickstartEnvironment({}, { asks: true })).not.toHaveProperty("ORA_NODE_ALLOW_PLAINTEXT");
  });

  it("never send the node to another relay than its own", () => {
    expect(settings({ ORA_RELAY_URL: "wss://elsewhere" })).not.toHaveProperty("ORA_RELAY_URL");
  });

  it("reach a relay that listens everywhere over loopback", () => {
    expect(dialUrl("http://0.0.0.0:9010")).toBe("http://127.0.0.1:9010");
    expect(dialUrl("http://[::]:9010")).toBe("http://[::1]:9010");
    expect(dialUrl("http://127.0.0.1:9010")).toBe("http://127.0.0.1:9010");
  });

  it("notice an ORA_RELAY_URL that means another relay", () => {
    expect(isElsewhere("wss://relay.example", "http://127.0.0.1:9010")).toBe(true);
    expect(isElsewhere("ws://127.0.0.1:9010/", "http://127.0.0.1:9010")).toBe(false);
    expect(isElsewhere(" ", "http://127.0.0.1:9010")).toBe(false);
    expect(isElsewhere(undefined, "http://127.0.0.1:9010")).toBe(false);
  });
});
