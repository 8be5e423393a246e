import { describe, expect, it } from "vitest";
import { lateCryptoBackend } from "./late-backend.ts";
import { findNodeCrypto } from "./node-crypto.ts";
import { NATIVE_BACKEND, NOBLE_BACKEND } from "./testing/backends.ts";
import { established, filled, Recorder, settled, startRun } from "./testing/channels.ts";

describe("a late backend", () => {
  it("tests nothing before it is computed with, and then once", () => {
    const node = findNodeCrypto();
    if (node === undefined) throw new Error("this test needs Node");
    let hashes = 0;
    const counted = {
      ...node,
      createHash(name: string) {
        hashes += 1;
        return node.createHash(name);
      },
    };
    const late = lateCryptoBackend({ node: counted });
    expect(hashes).toBe(0);
    const text = filled(1, 100);
    expect(late.sha256(text)).toEqual(NATIVE_BACKEND.sha256(text));
    expect(hashes).toBe(2);
    late.randomBytes(8);
    expect(late.chosen).toEqual(NATIVE_BACKEND.chosen);
    expect(hashes).toBe(2);
  });

  it("opens a session as any other does", async () => {
    const run = startRun({ kind: "session", clientBackend: lateCryptoBackend({ node: undefined }) });
    const { client, node } = await established(run);
    const heard = Recorder.on(node.channel);
    client.channel.send(filled(3, 5_000));
    await settled();
    expect(heard.messages).toEqual([filled(3, 5_000)]);
    const late = lateCryptoBackend({ node: undefined });
    const [one, two] = [filled(1), filled(2)];
    expect(late.x25519.dh(one, late.x25519.publicKey(two))).toEqual(
      NOBLE_BACKEND.x25519.dh(two, NOBLE_BACKEND.x25519.publicKey(one)),
    );
    expect(late.hmacSha256(one, two)).toEqual(NOBLE_BACKEND.hmacSha256(one, two));
  });
});
