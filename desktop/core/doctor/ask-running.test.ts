import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { EXIT } from "#shared/config/exit-code.ts";
import { ControlError, controlAddress } from "../control/address.ts";
import { listenForCommands, type RunCommand } from "../control/control-server.ts";
import { askRunning } from "./ask-running.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Asks on a state directory where `run` answers, if it is given. */
async function asked(run?: RunCommand) {
  const stateDir = await mkdtemp(join(tmpdir(), "ora-doctor-"));
  cleanups.push(() => rm(stateDir, { recursive: true, force: true }));
  const address = controlAddress({ stateDir, platform: process.platform, user: "me" });
  if (run !== undefined) {
    const server = await listenForCommands(address, run);
    cleanups.push(() => server.close());
  }
  return askRunning(() => address);
}

describe("the doctor's question to the running node", () => {
  it("finds nobody where none runs", async () => {
    expect(await asked()).toEqual({ kind: "none" });
  });

  it("is not answered by one that does not know it, or has nothing to tell", async () => {
    const older = await asked(async ({ print }) => {
      print("usage: ora-node status");
      return EXIT.USAGE;
    });
    expect(older).toEqual({ kind: "silent", why: "it is of a version that does not tell" });
    const without = await asked(async ({ print }) => {
      print("the tray app has no node\u001b at the moment");
      return EXIT.FAILED;
    });
    expect(without).toEqual({ kind: "silent", why: "it says: the tray app has no node  at the moment" });
    expect(await asked(async () => EXIT.OK)).toEqual({ kind: "silent", why: "it does not answer" });
  });

  it("is not put where another user could answer", async () => {
    const answer = await askRunning(() => {
      throw new ControlError("exposed", "that is another user's");
    });
    expect(answer).toEqual({ kind: "silent", why: "that is another user's" });
  });
});
