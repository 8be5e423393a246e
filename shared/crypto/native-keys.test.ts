import * as nodeCrypto from "node:crypto";
import { describe, expect, it } from "vitest";
import { nativeKeys } from "./native-keys.ts";
import type { NodeCrypto } from "./node-crypto.ts";

const node = nodeCrypto as unknown as NodeCrypto;

/** Any 32 bytes are a private key. */
const PRIVATE = new Uint8Array(32).fill(9);

type MakePrivate = NodeCrypto["createPrivateKey"];

/** Node's module with another way to make private keys; `formats` is what was asked for after the trial. */
function withPrivateKeys(change: (make: MakePrivate) => MakePrivate) {
  const formats: string[] = [];
  const changed: NodeCrypto = {
    ...node,
    createPrivateKey: (key) => {
      formats.push(key.format);
      return change(node.createPrivateKey)(key);
    },
  };
  const keys = nativeKeys(changed);
  formats.length = 0;
  const publicBytes = keys.publicBytes(node.createPublicKey(keys.privateKey(PRIVATE)));
  return { formats, publicBytes: Buffer.from(publicBytes).toString("hex") };
}

describe("raw keys for Node", () => {
  const plain = withPrivateKeys((make) => make);

  it("are handed over as JSON", () => {
    expect(plain.formats).toEqual(["jwk"]);
  });

  it("are handed over as DER where JSON is not known", () => {
    const { formats, publicBytes } = withPrivateKeys((make) => (key) => {
      if (key.format === "jwk") throw new Error("no such format");
      return make(key);
    });
    expect([formats, publicBytes]).toEqual([["der"], plain.publicBytes]);
  });

  it("are handed over as DER where JSON gives another key", () => {
    const { formats, publicBytes } = withPrivateKeys((make) => (key) => {
      if (key.format !== "jwk") return make(key);
      return make({ ...key, key: { ...key.key, d: Buffer.alloc(32, 1).toString("base64url") } });
    });
    expect([formats, publicBytes]).toEqual([["der"], plain.publicBytes]);
  });
});
