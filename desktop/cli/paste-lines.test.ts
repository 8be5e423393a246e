import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { pairLine, requestLine } from "./paste-lines.ts";

describe("lines to paste", () => {
  it("speak to the relay that the node uses, with its scheme and base path", () => {
    expect(pairLine(new URL("wss://relay.example/base"), "CODE")).toContain(
      "curl -s https://relay.example/base/api/pair ",
    );
    expect(requestLine(new URL("wss://relay.example/base"))).toContain(
      "-c wss://relay.example/base/ws/client ",
    );
    expect(pairLine(new URL("ws://127.0.0.1:9010"), "CODE")).toContain(
      "curl -s http://127.0.0.1:9010/api/pair ",
    );
  });

  it.skipIf(process.platform === "win32").each(["ABCDE-12345", "it's", '"$(touch /tmp/x)`', "\\'\"!"])(
    "say the code %j to a shell exactly as it is",
    (code) => {
      // The line with everything but its quoting taken out of the shell's hands.
      const line = pairLine(new URL("ws://127.0.0.1:9010"), code)
        .replace("TOKEN=$(curl -s", "printf '%s\\n'")
        .replace(/ \| node .*$/, "");
      const printed = execFileSync("sh", ["-c", line], { encoding: "utf8" }).trim().split("\n");
      expect(JSON.parse(printed.at(-1) ?? "")).toEqual({ code });
    },
  );
});
