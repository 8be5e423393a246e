/** The programs as their user meets them: in terminals, by what they print. */
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { describeWith } from "../desktop/core/testing/system-program.ts";
import { ask, endOf, textOf } from "./support/ask.ts";
import { checkout, runScript } from "./support/checkout.ts";
import { endingsOfEachTest } from "./support/endings.ts";
import { type Program, startProgram } from "./support/program.ts";
import {
  freshDirectory,
  offersOf,
  ownerCommand,
  startConnectProgram,
  startRelayProgram,
} from "./support/stage.ts";

const atTheEnd = endingsOfEachTest();

/** `npm start` with secrets that stay, on ports of its own. */
async function started() {
  const env = {
    ORA_RELAY_PORT: "0",
    ORA_NODE_SECRETS: "file",
    ORA_NODE_NAME: "desk",
    ORA_NODE_STATE_DIR: await freshDirectory(atTheEnd),
  };
  const program = runScript("start", { env });
  atTheEnd(() => program.stop());
  const [, relay = ""] = await program.waitFor(/^ {2}relay {4}(http:\S+)/);
  return { program, env, relay, ...offersOf(program) };
}

async function deviceIds(node: { env: Record<string, string> }): Promise<string[]> {
  const { lines } = await ownerCommand(node, "devices", "--json");
  const { devices }: { devices: { id: string }[] } = JSON.parse(lines.join(""));
  return devices.map(({ id }) => id);
}

describe("two terminals", () => {
  it("with the link: a stream flows, the device is listed, renamed and revoked, and the stream stops", async () => {
    const start = await started();
    const { program: connect, origin } = await startConnectProgram(atTheEnd, [await start.link()]);
    expect(JSON.parse(await textOf(await ask(origin, "/")))).toMatchObject({ hello: "from your PC" });
    const shown = await connect.waitFor(/check number (\d{4})/);
    await start.program.waitFor(new RegExp(`paired \\(check number ${shown[1]}\\)`));

    const clock = await ask(origin, "/clock");
    const [first] = await once(clock, "data");
    expect(String(first)).toMatch(/^data: /);

    const [id = ""] = await deviceIds(start);
    const renamed = await ownerCommand(start, "rename", id, "my", "laptop");
    expect(renamed).toEqual({ code: 0, lines: [`${id} is now called my laptop`] });
    const listed = await ownerCommand(start, "devices");
    expect(listed.lines.join("\n")).toMatch(new RegExp(`^${id} +my laptop +connected`, "m"));

    const end = endOf(clock);
    const revoked = await ownerCommand(start, "revoke", id);
    expect(revoked).toEqual({ code: 0, lines: [`${id} my laptop is out`] });
    expect(await end).toBe("cut");
    expect(await connect.exited).toBe(1);
    expect(connect.lines.join("\n")).toContain("revoked");
    expect(await deviceIds(start)).toEqual([]);
  });

  it("with the typed code, as a person types it: the API answers, and a used code is worth nothing", async () => {
    const start = await started();
    const code = await start.typedCode();
    const typed = code.toLowerCase().replace("-", " ");
    const { origin } = await startConnectProgram(atTheEnd, [typed, "--relay", start.relay]);
    expect(JSON.parse(await textOf(await ask(origin, "/time")))).toHaveProperty("time");
    const again = runScript("connect", { args: [code, "--relay", start.relay, "--port", "0"] });
    expect(await again.exited).toBe(1);
    expect(again.lines.join("\n")).toMatch(/used|mistyped/);
  });

  it("say which code to use when it is the one for clients without encryption", async () => {
    const start = await started();
    const code = await start.plaintextCode();
    const connect = runScript("connect", { args: [code, "--relay", start.relay, "--port", "0"] });
    expect(await connect.exited).toBe(64);
    expect(connect.lines.join("\n")).toContain("use the encrypted code (XXXX-XXXX) or the link");
    // It was not spent.
    const pair = await fetch(`${start.relay}/api/pair`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
    });
    expect(pair.status).toBe(200);
  });

  // Windows has no signals: there a program is ended without being asked.
  it.skipIf(process.platform === "win32")(
    "end with Ctrl-C, and ora-connect says what it waits for meanwhile",
    async () => {
      const start = await started();
      const { program: connect, origin } = await startConnectProgram(atTheEnd, [await start.link()]);
      await textOf(await ask(origin, "/"));
      start.program.kill("SIGINT");
      expect(await start.program.exited).toBe(0);
      await connect.waitFor(/^waiting .*\. What to do: /);
      connect.kill("SIGINT");
      expect(await connect.exited).toBe(0);
    },
  );
});

describe("a pairing", () => {
  it("is remembered by ora-connect, and found by name or as the only one", async () => {
    const start = await started();
    const env = { ORA_NODE_SECRETS: "file", ORA_NODE_STATE_DIR: await freshDirectory(atTheEnd) };
    const first = await startConnectProgram(atTheEnd, [await start.link()], env);
    await textOf(await ask(first.origin, "/"));
    await first.program.waitFor(/remembered as desk/);
    await first.program.stop();
    for (const args of [[], ["desk"]]) {
      const again = await startConnectProgram(atTheEnd, args, env);
      expect((await ask(again.origin, "/time")).statusCode).toBe(200);
      await again.program.stop();
    }
    expect(await deviceIds(start)).toHaveLength(1);
  });
});

describe("a state directory", () => {
  it("belongs to one node: a second one stops and says so, and the first goes on", async () => {
    const start = await started();
    const link = await start.link();
    const second = runScript("node", {
      env: { ...start.env, ORA_RELAY_URL: start.relay, ORA_RELAY_PORT: "" },
    });
    expect(await second.exited).toBe(78);
    expect(second.lines.at(-1)).toMatch(/^ora-node: another node is running on this state directory/);
    const { origin } = await startConnectProgram(atTheEnd, [link]);
    expect((await ask(origin, "/")).statusCode).toBe(200);
  });

  it("keeps the node's identity, until its owner wants a new one and says so", async () => {
    const { origin: relay } = await startRelayProgram(atTheEnd);
    const env = {
      ORA_RELAY_URL: relay,
      ORA_NODE_SECRETS: "file",
      ORA_NODE_STATE_DIR: await freshDirectory(atTheEnd),
    };
    const identity = async () => {
      const node = runScript("node", { env });
      atTheEnd(() => node.stop());
      const [, , id] = (await offersOf(node).link()).split(".").slice(-4);
      const whileRunning = await ownerCommand({ env }, "new-identity", "--yes");
      expect(whileRunning.code).not.toBe(0);
      await node.stop();
      return id;
    };
    const first = await identity();
    expect(await identity()).toBe(first);
    const unasked = await ownerCommand({ env }, "new-identity");
    expect(unasked).toEqual({
      code: 64,
      lines: ["nothing was changed: say --yes where there is nobody to ask"],
    });
    expect(await identity()).toBe(first);
    const changed = await ownerCommand({ env }, "new-identity", "--yes");
    expect(changed.code).toBe(0);
    const next = await identity();
    expect(next).not.toBe(first);
    expect(changed.lines.join("\n")).toContain(next?.toLowerCase());
  });
});

function inTerminals(): void {
  /** A program whose input and output are a terminal. */
  function inTerminal(command: string, env: Record<string, string>, input: string): Program {
    return startProgram("sh", ["-c", `printf '${input}' | script -qec "${command}" /dev/null`], { env });
  }

  it.each([
    ["n", 1],
    ["y", 0],
  ])("new-identity asks, and takes %s for an answer", async (answer, code) => {
    const env = { ORA_NODE_SECRETS: "file", ORA_NODE_STATE_DIR: await freshDirectory(atTheEnd) };
    const command = `${process.execPath} ${checkout}esbuild.config.mjs run node -- new-identity`;
    const program = inTerminal(command, env, `${answer}\\n`);
    expect(await program.exited).toBe(code);
    const text = program.lines.join("\n");
    expect(text).toContain("Go on? [y/N]");
    expect(text).toContain(answer === "y" ? "this PC is now" : "nothing was changed");
  });
}

// Elsewhere the program that makes a terminal takes other arguments.
if (process.platform === "linux") describeWith({ script: "bsdutils" }, "in a terminal", inTerminals);
