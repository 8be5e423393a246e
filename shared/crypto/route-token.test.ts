import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { generateRouteToken, hashRouteToken } from "./route-token.ts";
import { NATIVE_BACKEND, NOBLE_BACKEND, withRandomness } from "./testing/backends.ts";

const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);

it("a route token is 32 random bytes, and its hash is that of the bytes", () => {
  const token = generateRouteToken(withRandomness(NATIVE_BACKEND, bytes));
  expect(token).toBe(Buffer.from(bytes).toString("base64url"));
  expect(hashRouteToken(NOBLE_BACKEND.sha256, token)).toBe(
    createHash("sha256").update(bytes).digest("base64url"),
  );
});

it("a text that is no canonical route token has no hash", () => {
  const token = Buffer.from(bytes).toString("base64url");
  const texts = [
    "",
    "x",
    token.slice(0, -1),
    `${token}=`,
    `${token}A`,
    `${token.slice(0, -1)}9`,
    `${token} `,
  ];
  for (const text of texts) expect(hashRouteToken(NATIVE_BACKEND.sha256, text), text).toBeUndefined();
});
