import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseSecrets } from "./choose.ts";
import { memorySecrets } from "./memory.ts";
import { SecretsError } from "./secret-store.ts";

const keychain = async () => ({ ...memorySecrets(), kind: "keychain" as const });
const noKeychain = async () => {
  throw new SecretsError("no_keychain", "no usable keychain");
};
const elsewhere = join(tmpdir(), "ora-never-made");

describe("choosing where secrets rest", () => {
  it("is the keychain where there is one", async () => {
    const chosen = await chooseSecrets({
      choice: undefined,
      stateDir: elsewhere,
      openKeychain: keychain,
      otherwise: "stop",
    });
    expect(chosen.store.kind).toBe("keychain");
  });

  it("stops without one, unless its user is told and memory will do", async () => {
    const options = { choice: undefined, stateDir: elsewhere, openKeychain: noKeychain };
    await expect(chooseSecrets({ ...options, otherwise: "stop" })).rejects.toMatchObject({
      code: "no_keychain",
    });
    const chosen = await chooseSecrets({ ...options, otherwise: "memory" });
    expect(chosen.store.kind).toBe("memory");
    expect(chosen.because?.code).toBe("no_keychain");
  });

  it("never replaces a keychain that was asked for", async () => {
    await expect(
      chooseSecrets({
        choice: "keychain",
        stateDir: elsewhere,
        openKeychain: noKeychain,
        otherwise: "memory",
      }),
    ).rejects.toMatchObject({ code: "no_keychain" });
  });

  it("does not hide other failures behind memory", async () => {
    const openKeychain = async () => {
      throw new SecretsError("store_failed", "broken");
    };
    await expect(
      chooseSecrets({ choice: undefined, stateDir: elsewhere, openKeychain, otherwise: "memory" }),
    ).rejects.toMatchObject({ code: "store_failed" });
  });

  it("does not touch the keychain when told to use files or memory", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "ora-choose-"));
    const openKeychain = () => expect.fail("asked the keychain");
    const file = await chooseSecrets({ choice: "file", stateDir, openKeychain, otherwise: "stop" });
    const memory = await chooseSecrets({ choice: "memory", stateDir, openKeychain, otherwise: "stop" });
    expect([file.store.kind, memory.store.kind]).toEqual(["file", "memory"]);
    await rm(stateDir, { recursive: true });
  });
});
