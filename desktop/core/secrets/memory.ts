/** Secrets that end with the process. Nothing is written anywhere. */
import { checkName, checkSecret, type SecretStore } from "./secret-store.ts";

export function memorySecrets(): SecretStore {
  const items = new Map<string, string>();
  return {
    kind: "memory",
    async get(name) {
      checkName(name);
      return items.get(name);
    },
    async set(name, secret) {
      checkName(name);
      checkSecret(secret);
      items.set(name, secret);
    },
    async delete(name) {
      checkName(name);
      return items.delete(name);
    },
    list: async () => [...items.keys()].sort(),
  };
}
