import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { patterned } from "./testing/test-api.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
});
afterEach(() => world.stop());

describe("a paired device", () => {
  it("reaches the API", async () => {
    const session = await world.session();
    const response = await session.fetch("/hello");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("hello");
  });

  it("downloads", async () => {
    const session = await world.session();
    const response = await session.fetch("/bytes?n=3000000");
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(Buffer.compare(bytes, patterned(0, 3_000_000))).toBe(0);
  });
});
