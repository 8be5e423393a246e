import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backend } from "#shared/client/testing/test-world.ts";
import { EXIT } from "#shared/config/exit-code.ts";
import { generatePlaintextCode, parseTypedCode } from "#shared/protocol/pairing-code.ts";
import { ConnectWorld } from "./testing/connect-world.ts";

let world: ConnectWorld;
beforeEach(async () => {
  world = new ConnectWorld();
  await world.start();
});
afterEach(() => world.stop());

const link = () => world.node.offerLink(world.relay.url);
const hello = async (address: string) => (await fetch(`${address}/hello`)).text();

describe("pairing with ora-connect", () => {
  it("works by link, and shows the number that the PC shows", async () => {
    const run = world.run([link(), "--port", "0"]);
    const address = await run.address();
    expect(await hello(address)).toBe("hello");
    await run.line(/^connected to studio$/);
    expect(run.lines[0]).toBe("pairing");
    expect(run.lines[1]).toBe(`check number ${world.node.checkNumbers[0]}: studio has to show the same`);
    expect(run.lines[2]).toBe("paired with studio, remembered as studio");
    expect(await run.stop()).toBe(0);
    expect(run.complaints).toEqual([]);
  });

  it("shows the number before the PC's owner has decided", async () => {
    let decide: (decision: "allow") => void = () => undefined;
    world.node.decide = () => new Promise((resolve) => (decide = resolve));
    const run = world.run([link(), "--port", "0"]);
    await run.line(/^check number \d{4}/);
    expect(run.lines).toHaveLength(2);
    decide("allow");
    await run.address();
  });

  it("works by typed code, as people type it, with the relay from the settings or the command line", async () => {
    const code = world.node.offerCode().toLowerCase().replace("-", " ");
    expect(await hello(await world.run([code, "--port", "0"]).address())).toBe("hello");
    const away = { ORA_RELAY_URL: "http://127.0.0.1:9" };
    const second = world.run([world.node.offerCode(), "--relay", world.relay.url, "--port", "0"], {
      env: away,
    });
    expect(await hello(await second.address())).toBe("hello");
    expect(second.lines).toContain("paired with studio, remembered as studio");
  });

  it.each(["pairing_link=", "  pairing_link="])(
    "takes the link with %j in front, as it was pasted",
    async (start) => {
      const run = world.run([`${start}${link()}`, "--port", "0"]);
      expect(await hello(await run.address())).toBe("hello");
    },
  );

  it.each(["pairing_code=", "encrypted_pairing_code="])("takes a code with %j in front", async (start) => {
    const run = world.run(["-", "--port", "0"], { input: `${start}${world.node.offerCode()}` });
    expect(await hello(await run.address())).toBe("hello");
  });

  it("takes the link or code from standard input", async () => {
    const run = world.run(["-", "--port", "0"], { input: link() });
    expect(await hello(await run.address())).toBe("hello");
  });

  it("spends a wrong code once, and says what to do", async () => {
    const shown = parseTypedCode(world.node.offerCode());
    const wrong = shown?.secret === "0000" ? "1111" : "0000";
    const run = world.run([`${shown?.route}-${wrong}`]);
    expect(await run.exit).toBe(1);
    // After the third in a row the PC shows none until its owner asks, and nobody tells the client which one it was.
    expect(run.complaints).toEqual([
      "the code is wrong: use the code that the PC shows now; if it shows none, ask there for one (Enter in its terminal), or use the link",
    ]);
    expect(world.node.guesses).toBe(1);
    expect(world.relay.opens).toHaveLength(1);
    expect(await readdir(join(world.stateDir, "secrets"))).toEqual([]);
  });

  it("never sends a plaintext code anywhere, and says which one to use", async () => {
    const code = generatePlaintextCode((length) => backend.randomBytes(length));
    const run = world.run([code]);
    expect(await run.exit).toBe(EXIT.USAGE);
    expect(run.complaints[0]).toMatch(/without encryption.*XXXX-XXXX.*link/);
    expect(run.complaints.join()).not.toContain(code);
    expect(world.relay.connections).toBe(0);
  });

  it.each([
    ["no code", /no pairing link or code.*ora-connect list/],
    ["https://relay.example/#P2.ABC", /no pairing link or code/],
    ["https://relay.example/#P9.ABC.DEF.GHI", /version this program does not know: update/],
    ["", /no pairing link or code/],
  ])("says in one line what is wrong with %j", async (text, message) => {
    const run = world.run([text]);
    expect(await run.exit).toBe(EXIT.USAGE);
    expect(run.complaints).toHaveLength(1);
    expect(run.complaints[0]).toMatch(message);
    expect(run.complaints[0]).not.toContain("\n");
    expect(world.relay.connections).toBe(0);
  });

  it("says that a link was used, is unknown, or that the relay cannot be reached", async () => {
    const used = link();
    await world.run([used, "--port", "0"]).address();
    const again = world.run([used]);
    expect(await again.exit).toBe(1);
    expect(again.complaints[0]).toMatch(/knows no such code: mistyped, used or expired/);
    const nobody = world.run([world.node.offerLink("http://127.0.0.1:9")]);
    expect(await nobody.exit).toBe(1);
    expect(nobody.complaints[0]).toMatch(/relay cannot be reached \(ECONNREFUSED\)/);
  });

  it("forgets what the PC's owner refused", async () => {
    world.node.decide = () => "refuse";
    const run = world.run([link()]);
    expect(await run.exit).toBe(1);
    expect(run.complaints[0]).toMatch(/owner did not allow/);
    const list = world.run(["list"]);
    expect(await list.exit).toBe(0);
    expect(list.lines).toEqual(["no PC is remembered here"]);
  });

  it("keeps the former pairing when the owner refuses another with the same PC", async () => {
    const first = world.run([link(), "--port", "0"]);
    await first.address();
    await first.stop();
    world.node.decide = () => "refuse";
    expect(await world.run([link(), "--port", "0"]).exit).toBe(1);
    expect(await hello(await world.run(["studio", "--port", "0"]).address())).toBe("hello");
  });

  it("lets one session decide when the confirmation was lost", async () => {
    world.node.decide = () => "lost";
    const run = world.run([link(), "--port", "0"]);
    expect(await hello(await run.address())).toBe("hello");
    await run.line(/did not confirm/);
    await run.stop();
    const list = world.run(["list"]);
    await list.exit;
    expect(list.lines).toEqual([`studio  ${world.relay.url}`]);
  });

  it("takes its port before it spends a code", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const code = world.node.offerCode();
    const run = world.run([code, "--port", String(port)]);
    expect(await run.exit).toBe(1);
    expect(run.complaints[0]).toMatch(new RegExp(`port ${port} cannot be used \\(EADDRINUSE\\)`));
    expect(world.node.codes.size).toBe(1);
    await new Promise((resolve) => taken.close(resolve));
  });

  it("says which port it uses when its usual one is taken", async () => {
    const holder = createServer();
    // Whoever has it already serves as well.
    await new Promise<void>((resolve) =>
      holder.once("error", () => resolve()).listen(9020, "127.0.0.1", resolve),
    );
    const run = world.run([link()]);
    const address = await run.address();
    expect(run.lines).toContain(`port 9020 is taken; using ${new URL(address).port}`);
    await new Promise((resolve) => holder.close(resolve));
  });

  it("stops at Ctrl-C in the middle of it", async () => {
    world.node.decide = () => new Promise(() => undefined);
    const run = world.run([link(), "--port", "0"]);
    await run.line(/^check number/);
    expect(await run.stop()).toBe(0);
    expect(run.complaints).toEqual([]);
  });
});

describe("a PC that was paired before", () => {
  it("is reached again by name, or without one when it is the only one", async () => {
    const first = world.run([link(), "--name", "Büro PC", "--port", "0"]);
    await first.line(/^connected/);
    await first.stop();
    for (const args of [["Büro PC"], ["buro-pc"], []]) {
      const run = world.run([...args, "--port", "0"]);
      expect(await hello(await run.address())).toBe("hello");
      await run.line(/^connected to Büro PC$/);
      expect(await run.stop()).toBe(0);
      expect(run.lines).not.toContain("pairing");
    }
    expect(world.node.devices.size).toBe(1);
  });

  it("is in the list until it is forgotten", async () => {
    await (async () => {
      for (const name of ["one", "two"]) {
        const run = world.run([link(), "--name", name, "--port", "0"]);
        await run.address();
        await run.stop();
      }
    })();
    const list = world.run(["list"]);
    await list.exit;
    expect(list.lines).toEqual([`one  ${world.relay.url}`, `two  ${world.relay.url}`]);
    const which = world.run([]);
    expect(await which.exit).toBe(EXIT.USAGE);
    expect(which.complaints).toEqual(["which one? one, two"]);
    expect(await world.run(["forget", "ONE"]).exit).toBe(0);
    expect(await world.run(["forget", "one"]).exit).toBe(1);
    const after = world.run(["list"]);
    await after.exit;
    expect(after.lines).toEqual([`two  ${world.relay.url}`]);
  });

  it("keeps its name when it is paired again, and never takes another PC's", async () => {
    await (await paired(["--name", "mine"])).stop();
    const again = await paired([]);
    await again.line(/remembered as mine$/);
    await again.stop();

    const other = new ConnectWorld();
    await other.start();
    try {
      const run = world.run([other.node.offerLink(other.relay.url), "--name", "mine", "--port", "0"]);
      await run.line(/remembered as mine-2$/);
      await run.stop();
    } finally {
      await other.stop();
    }
  });

  it("keeps its files apart from the node's, readable by its owner alone", async () => {
    await (await paired([])).stop();
    expect(await readdir(join(world.stateDir, "secrets"))).toEqual(["connect-studio.json"]);
  });

  it("that is damaged on disk is named, and can be forgotten", async () => {
    await (await paired([])).stop();
    const path = join(world.stateDir, "secrets", "connect-studio.json");
    await writeFile(path, JSON.stringify({ secret: '{"v":1}' }), { mode: 0o600 });
    const run = world.run(["studio"]);
    expect(await run.exit).toBe(1);
    expect(run.complaints[0]).toMatch(/remembered of "studio" is damaged/);
    const list = world.run(["list"]);
    await list.exit;
    expect(list.lines).toEqual(["studio  (damaged: forget it and pair again)"]);
    const again = await paired([]);
    await again.line(/remembered as studio-2$/);
    await again.stop();
    expect(await world.run(["forget", "studio"]).exit).toBe(0);
  });

  it("is not remembered in memory, which is said once, and is asked for a link next time", async () => {
    const env = { ORA_NODE_SECRETS: "memory" };
    const run = world.run([link(), "--port", "0"], { env });
    await run.address();
    await run.stop();
    expect(run.lines.filter((line) => line.includes("remembered"))).toEqual([
      "paired with studio, until this program ends: nothing is remembered here (ORA_NODE_SECRETS=memory);" +
        " to keep pairings, set ORA_NODE_SECRETS=file on this machine",
    ]);
    const list = world.run(["list"], { env });
    await list.exit;
    expect(list.lines).toEqual([expect.stringMatching(/^nothing is remembered here/)]);
    const next = world.run([], { env });
    expect(await next.exit).toBe(EXIT.USAGE);
    expect(next.complaints[0]).toMatch(/no PC is remembered here: give the link or code/);
  });

  it("that revoked this machine ends the program, and stays marked", async () => {
    const run = await paired([]);
    await run.line(/^connected/);
    world.node.revoke();
    expect(await run.exit).toBe(1);
    await run.line(
      /^revoked: this device was revoked on the PC\. What to do: make a new code on the PC and pair again/,
    );
    const list = world.run(["list"]);
    await list.exit;
    expect(list.lines).toEqual([`studio  ${world.relay.url}  (revoked)`]);
    const again = world.run(["studio", "--port", "0"]);
    expect(await again.exit).toBe(1);
    expect(again.complaints[0]).toMatch(/revoked/);
  });

  it("that is good is taken before one that revoked this machine, when none is named", async () => {
    const lost = await paired(["--name", "lost"]);
    await lost.line(/^connected/);
    world.node.revoke();
    await lost.exit;
    const other = new ConnectWorld();
    await other.start();
    try {
      const good = world.run([other.node.offerLink(other.relay.url), "--name", "good", "--port", "0"]);
      await good.address();
      await good.stop();
      const run = world.run(["--port", "0"]);
      await run.line(/^connected to good$/);
      await run.stop();
    } finally {
      await other.stop();
    }
  });

  it("that the relay calls unknown is kept and tried again", async () => {
    await (await paired([])).stop();
    world.relay.refuse = () => ({ error: "denied", close: 4403 });
    const run = world.run(["studio", "--port", "0"]);
    await run.line(
      /^waiting \d s: the relay says that this device is not known \(at the relay\)\. What to do: /,
    );
    world.relay.refuse = undefined;
    await run.line(/^connected to studio$/);
  });

  it("that is away is waited for, and a request says so meanwhile", async () => {
    await (await paired([])).stop();
    world.relay.refuse = () => ({ error: "node_offline", close: 4503 });
    const run = world.run(["studio", "--port", "0"]);
    const address = await run.address();
    await run.line(/^waiting \d s: the PC is not connected to the relay \(between the relay and your PC\)/);
    expect(run.lines.at(-1)).toMatch(/its node is running, or it was started anew .*: pair again$/);
    const waiting = fetch(`${address}/hello`);
    world.relay.refuse = undefined;
    expect(await (await waiting).text()).toBe("hello");
  });

  async function paired(args: string[]) {
    const run = world.run([link(), "--port", "0", ...args]);
    await run.address();
    return run;
  }
});

describe("the command line", () => {
  it.each([
    [["--help"], EXIT.OK, /^usage: ora-connect[\s\S]*Exit codes: 0 .* 1 .* 64 [\s\S]*\n78 .*keychain/],
    [["--version"], EXIT.OK, /^ora-connect \d+\.\d+\.\d+$/],
    [["--verbose"], EXIT.USAGE, /Unknown option '--verbose'/],
    [["--port"], EXIT.USAGE, /--port/],
    [["x", "--relay", "foo"], EXIT.USAGE, /--relay .* not a URL/],
    [["x", "--relay", "ftp://relay.example"], EXIT.USAGE, /--relay .* not a URL/],
    [["--port", "65536", "x"], EXIT.USAGE, /--port takes a number/],
    [["--port", "1e3", "x"], EXIT.USAGE, /--port takes a number/],
    [["a", "b"], EXIT.USAGE, /one link, code or name at a time/],
    [["list", "x"], EXIT.USAGE, /list takes no name/],
    [["list", "--port", "1"], EXIT.USAGE, /list takes no --port/],
    [["forget"], EXIT.USAGE, /forget takes one name/],
    [["x", "--name", "list"], EXIT.USAGE, /--name is 1 to 100/],
    [["x", "--name", "…"], EXIT.USAGE, /--name is 1 to 100/],
  ])("%j", async (args, code, message) => {
    const run = world.run(args);
    expect(await run.exit).toBe(code);
    expect((code === EXIT.OK ? run.lines : run.complaints).join("\n")).toMatch(message);
    expect(world.relay.connections).toBe(0);
  });

  it("ends as for a setting when the place for secrets cannot be used", async () => {
    await mkdir(world.stateDir, { mode: 0o700 });
    await writeFile(join(world.stateDir, "secrets"), "", { mode: 0o600 });
    const run = world.run(["list"]);
    expect(await run.exit).toBe(EXIT.CONFIG);
    expect(run.complaints).toHaveLength(1);
  });

  it("refuses a setting that is none", async () => {
    const run = world.run(["list"], { env: { ORA_NODE_SECRETS: "cloud" } });
    expect(await run.exit).toBe(EXIT.CONFIG);
    expect(run.complaints[0]).toMatch(/ORA_NODE_SECRETS="cloud" is not allowed/);
  });
});
