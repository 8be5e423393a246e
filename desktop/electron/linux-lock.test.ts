import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fakeClock } from "../core/testing/fake-clock.ts";
import { ASK_EVERY_MS, logindLock, watchLock } from "./linux-lock.ts";

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("the screen's lock", () => {
  it("is asked for while there is something to hide, and told when it changes", async () => {
    const clock = fakeClock();
    let locked: boolean | undefined = false;
    let isNeeded = false;
    let asked = 0;
    const told: boolean[] = [];
    const watch = watchLock({
      clock,
      isNeeded: () => isNeeded,
      isLocked: async () => {
        asked += 1;
        return locked;
      },
      changed: (now) => told.push(now),
    });
    const turn = async () => {
      clock.advance(ASK_EVERY_MS);
      await settle();
    };
    await turn();
    expect(asked).toBe(0);
    isNeeded = true;
    locked = true;
    await turn();
    await turn();
    expect(told).toEqual([true]);
    // Whether it is unlocked again matters also when the window was closed meanwhile.
    isNeeded = false;
    locked = undefined;
    await turn();
    expect(told).toEqual([true, false]);
    watch.stop();
    isNeeded = true;
    locked = true;
    await turn();
    expect(told).toEqual([true, false]);
  });
});

describe.skipIf(process.platform === "win32")("the login manager", () => {
  const path = process.env.PATH;
  let folder: string | undefined;
  afterEach(async () => {
    process.env.PATH = path;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it("says yes, no, or nothing that can be used", async () => {
    folder = await mkdtemp(join(tmpdir(), "ora-loginctl-"));
    process.env.PATH = `${folder}${delimiter}${path}`;
    const program = join(folder, "loginctl");
    const answer = async (script: string, env = {}) => {
      await writeFile(program, `#!/bin/sh\n${script}\n`);
      await chmod(program, 0o755);
      return logindLock(env)();
    };
    expect(await answer("echo yes")).toBe(true);
    expect(await answer("echo no")).toBe(false);
    expect(await answer("exit 1")).toBeUndefined();
    expect(await answer("echo maybe")).toBeUndefined();
    expect(await answer('[ "$2" = c7 ] && echo yes', { XDG_SESSION_ID: "c7" })).toBe(true);
    expect(await answer('[ "$2" = auto ] && echo yes', { XDG_SESSION_ID: "--help" })).toBe(true);
  });
});
