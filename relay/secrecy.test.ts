import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RelayHarness } from "./testing/relay-harness.ts";
import { b64uSha256, device, frameFor, NodeKey, online, opened } from "./testing/v2-endpoints.ts";

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

it("of protocol 2 they hold no token, and of frames nothing at all", async () => {
  const key = new NodeKey();
  const phone = device("phone");
  const code = "K7QX0-1ABCD";
  const node = await online(relay, key, {
    sessions: [phone.entry],
    codes: [{ hash: b64uSha256(code), ttl: 60 }],
  });
  const client = await opened(relay, { node_id: key.id, token: phone.token });
  await node.next();
  client.send(Buffer.from("secret-frame"));
  expect((await node.nextBinary()).toString()).toContain("secret-frame");
  node.send(frameFor(1, Buffer.from("secret-answer")));
  await client.nextBinary();
  const kept = inspect(relay.relay.state, { depth: 12, maxArrayLength: null, maxStringLength: null });
  expect(kept).toContain(key.id);
  expect(kept).toContain("'phone'");
  const log = relay.logged.join("");
  expect(log).toContain("node online");
  for (const secret of [phone.token, code, "K7QX01ABCD", "secret-"]) {
    expect(kept, secret).not.toContain(secret);
    expect(log, secret).not.toContain(secret);
  }
  for (const id of [key.id, phone.token, "phone", phone.entry.hash]) expect(log).not.toContain(id);
});
