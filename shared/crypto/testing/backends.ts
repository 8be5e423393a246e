/** The two backends every cryptographic test runs on, and one whose randomness a test decides. */
import { type CryptoBackend, createCryptoBackend } from "../backend.ts";

export const NOBLE_BACKEND = createCryptoBackend({ node: undefined });
export const NATIVE_BACKEND = createCryptoBackend();

/** For `describe.each`: names and backends. */
export const BACKENDS = [
  { name: "noble", backend: NOBLE_BACKEND },
  { name: "native", backend: NATIVE_BACKEND },
] as const;

/** The same backend with these random bytes, in this order; asked for another number of bytes, or for more, it throws. */
export function withRandomness(backend: CryptoBackend, ...script: Uint8Array[]): CryptoBackend {
  const remaining = [...script];
  return {
    ...backend,
    randomBytes(length) {
      const next = remaining.shift();
      if (next?.length !== length) throw new Error(`the test has no ${length} random bytes left`);
      return next;
    },
  };
}
