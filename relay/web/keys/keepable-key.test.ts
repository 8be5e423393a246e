import { webcrypto } from "node:crypto";
import { expect, it } from "vitest";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import { keepableKey } from "./keepable-key.ts";
import { StorageError } from "./storage-error.ts";
import type { StoredKey } from "./stored-key.ts";

const backend = createCryptoBackend();
const subtle = webcrypto.subtle as SubtleCrypto;
const refusing = (code: StorageError["code"], kinds: readonly StoredKey["kind"][]) => (key: StoredKey) =>
  kinds.includes(key.kind) ? Promise.reject(new StorageError(code, undefined)) : Promise.resolve();

it("a key stays in the browser's hands where those can be stored", async () => {
  const key = await keepableKey({ backend, subtle, probe: refusing("failed", []) });
  expect(key).toMatchObject({ kind: "kept" });
});

it("a browser that makes keys and cannot store them keeps bytes", async () => {
  const key = await keepableKey({ backend, subtle, probe: refusing("failed", ["kept"]) });
  expect(key).toMatchObject({ kind: "readable" });
});

it("a browser that keeps nothing gives no key, but why", async () => {
  const nothing = refusing("failed", ["kept", "readable"]);
  expect(await keepableKey({ backend, subtle, probe: nothing })).toMatchObject({ code: "failed" });
  expect(await keepableKey({ backend, subtle: undefined, probe: nothing })).toMatchObject({ code: "failed" });
});

it("a full storage has no room for bytes either", async () => {
  const key = await keepableKey({ backend, subtle, probe: refusing("full", ["kept"]) });
  expect(key).toMatchObject({ code: "full" });
});

it("what is no word of the storage is not hidden", async () => {
  const probe = () => Promise.reject(new TypeError("a mistake"));
  await expect(keepableKey({ backend, subtle, probe })).rejects.toThrow("a mistake");
});
