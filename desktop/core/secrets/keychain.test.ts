import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.ts";
import { KEYRING_PROGRAMS, type KeyringSession, keyringSession } from "../testing/keyring-session.ts";
import { keepsSecrets } from "../testing/secret-store-contract.ts";
import { describeWith } from "../testing/system-program.ts";
import { keychainSecrets } from "./keychain.ts";
import { MAX_SECRET_BYTES } from "./secret-store.ts";

/** The four functions of keytar that are used, on a map. */
function keytarInMemory() {
  const items = new Map<string, string>();
  return {
    items,
    getPassword: async (service: string, account: string) => items.get(`${service} ${account}`) ?? null,
    setPassword: async (service: string, account: string, password: string) => {
      items.set(`${service} ${account}`, password);
    },
    deletePassword: async (service: string, account: string) => items.delete(`${service} ${account}`),
    findCredentials: async (service: string) =>
      [...items]
        .filter(([key]) => key.startsWith(`${service} `))
        .map(([key, password]) => ({ account: key.slice(service.length + 1), password })),
  };
}

describe("the keychain", () => {
  const open = (load: () => Promise<object>, clock = fakeClock()) =>
    keychainSecrets({ service: "ora", clock, load });

  keepsSecrets(() => {
    const keytar = keytarInMemory();
    return open(async () => ({ default: keytar }));
  });

  it("says what to do when its library is not installed", async () => {
    const missing = open(() => Promise.reject(new Error("Cannot find package 'keytar'")));
    await expect(missing).rejects.toMatchObject({ code: "no_keychain" });
    await expect(missing).rejects.toThrow(/ORA_NODE_SECRETS=file or ORA_NODE_SECRETS=memory/);
  });

  it("refuses a library that is not keytar", async () => {
    await expect(open(async () => ({ default: { getPassword: () => undefined } }))).rejects.toMatchObject({
      code: "no_keychain",
    });
  });

  it("does not wait for ever for a keyring whose user never answers", async () => {
    const clock = fakeClock();
    const silent = { ...keytarInMemory(), getPassword: () => new Promise<never>(() => undefined) };
    const opening = open(async () => ({ default: silent }), clock);
    const refused = expect(opening).rejects.toMatchObject({ code: "no_keychain" });
    while (clock.waiting().length === 0) await Promise.resolve();
    clock.advance(60_000);
    await refused;
  });
});

describeWith(KEYRING_PROGRAMS, "a real keyring", () => {
  let session: KeyringSession;
  beforeAll(async () => {
    session = await keyringSession();
  });
  afterAll(() => session.remove());

  it("keeps, lists and deletes items", async () => {
    const largest = "k".repeat(MAX_SECRET_BYTES);
    const answers = await session.calls("unlocked", [
      ["get", "node_key"],
      ["set", "node_key", largest],
      ["set", "device-1", "zwei ✓"],
      ["get", "node_key"],
      ["list"],
      ["delete", "device-1"],
      ["delete", "device-1"],
      ["list"],
    ]);
    expect(answers).toEqual({
      answers: [null, null, null, largest, ["device-1", "node_key"], true, false, ["node_key"]],
    });
  });

  it("has them for the next process", async () => {
    await session.calls("unlocked", [["set", "node_key", "kept"]]);
    expect(await session.calls("unlocked", [["get", "node_key"]])).toEqual({ answers: ["kept"] });
  });

  it.each(["locked", "absent"] as const)(
    "that is %s is no keychain, and the error says what to do",
    async (keyring) => {
      expect(await session.calls(keyring, [["get", "node_key"]])).toMatchObject({
        code: "no_keychain",
        message: expect.stringMatching(/ORA_NODE_SECRETS=file/),
      });
    },
  );
});
