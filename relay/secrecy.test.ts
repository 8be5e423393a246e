import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RelayHarness } from "./testing/relay-harness.ts";

let relay: RelayHarness;

beforeEach(async () => {
  relay = await RelayHarness.start();
});
afterEach(() => relay.stop());

it("neither the relay's tables nor its log hold a code, a token, a path, a header or a body", async () => {
  const node = await relay.offering("pc", "K7QX0-1ABCD");
  await node.send({ type: "pair_offer", code: "still-offered" }).next();
  const token = await relay.token("K7QX0-1ABCD");
  await relay.pair("wrong-code");
  const client = await relay.client(token);
  client.send({
    type: "http_proxy",
    id: "1",
    path: "/secret-path",
    headers: { "x-key": "secret-header" },
    body_b64: Buffer.from("secret-body").toString("base64"),
  });
  await node.next();
  node.send({ type: "http_response", id: "1", error: "secret-error" });
  await client.next();
  await node.end();
  const { offers, sessions, hub } = relay.relay.state;
  const kept = inspect({ offers, sessions, hub }, { depth: 12, maxArrayLength: null, maxStringLength: null });
  // The test sees the tables: what they do hold is there.
  expect(kept).toContain("nodeId: 'pc'");
  const log = relay.logged.join("");
  expect(log).toContain("paired");
  const secrets = ["K7QX0", "K7QX01ABCD", "still-offered", "wrong-code", token, "secret-", "c2VjcmV0"];
  for (const secret of secrets) {
    expect(kept, secret).not.toContain(secret);
    expect(log, secret).not.toContain(secret);
  }
  expect(log).not.toContain('"pc"');
});
