/**
 * The little of Node's crypto module that the native primitives use, as a structural type, and how to find it without
 * importing anything of Node: shared/ must load unchanged in a browser, where there is none.
 */

interface ByteSink {
  update(data: Uint8Array): ByteSink;
  digest(): Uint8Array;
}

interface AeadStream {
  update(data: Uint8Array): Uint8Array;
  final(): Uint8Array;
  setAAD(data: Uint8Array): unknown;
}

export interface KeyObject {
  export(options: { format: "der"; type: "spki" }): Uint8Array;
  export(options: { format: "jwk" }): { readonly x?: string };
}

/** RFC 8037. */
interface JwkKey {
  readonly key: { readonly kty: "OKP"; readonly crv: "X25519"; readonly x: string; readonly d?: string };
  readonly format: "jwk";
}

interface DerKey<Type extends string> {
  readonly key: Uint8Array;
  readonly format: "der";
  readonly type: Type;
}

export interface NodeCrypto {
  createHash(algorithm: string): ByteSink;
  createHmac(algorithm: string, key: Uint8Array): ByteSink;
  createCipheriv(
    algorithm: "chacha20-poly1305",
    key: Uint8Array,
    nonce: Uint8Array,
    options: { authTagLength: number },
  ): AeadStream & { getAuthTag(): Uint8Array };
  createDecipheriv(
    algorithm: "chacha20-poly1305",
    key: Uint8Array,
    nonce: Uint8Array,
    options: { authTagLength: number },
  ): AeadStream & { setAuthTag(tag: Uint8Array): unknown };
  createPrivateKey(key: DerKey<"pkcs8"> | JwkKey): KeyObject;
  createPublicKey(key: DerKey<"spki"> | JwkKey | KeyObject): KeyObject;
  diffieHellman(keys: { privateKey: KeyObject; publicKey: KeyObject }): Uint8Array;
}

/** Node's crypto module where this program runs on Node or in Electron's main process, else undefined. */
export function findNodeCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined;
}
