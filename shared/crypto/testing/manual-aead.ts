/** A platform that encrypts with Node, and says what came of it when the test says so. */
import type { CryptoBackend } from "../backend.ts";
import type { LaterAead } from "../primitives.ts";
import { NATIVE_BACKEND } from "./backends.ts";

const NOTHING = new Uint8Array(0);

export class ManualAead {
  /** What was asked for and not answered: the oldest first. Each answers once it is called. */
  readonly asked: (() => void)[] = [];
  /** Answers `undefined` to everything: the platform cannot go on. */
  isBroken = false;

  /** The same backend with this platform. */
  under(backend: CryptoBackend): CryptoBackend {
    return { ...backend, laterAead: async (key) => this.withKey(key) };
  }

  private withKey(key: Uint8Array): LaterAead {
    const { chacha20poly1305 } = NATIVE_BACKEND;
    return {
      seal: (nonce, plaintext) => {
        const sealed = new Uint8Array(plaintext.length + 16);
        chacha20poly1305.seal({ key, nonce, associatedData: NOTHING }, plaintext, sealed);
        return this.later(sealed);
      },
      open: (nonce, sealed) =>
        this.later(chacha20poly1305.open({ key, nonce, associatedData: NOTHING }, sealed)),
    };
  }

  private later(result: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      this.asked.push(() => resolve(this.isBroken ? undefined : result));
    });
  }
}
