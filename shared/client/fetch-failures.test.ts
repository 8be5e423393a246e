import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeaderPairs } from "#shared/mux/heads.ts";
import type { RelaySession } from "./relay-client.ts";
import { RelayError } from "./relay-error.ts";
import { bodyOf } from "./testing/bodies.ts";
import { settle } from "./testing/step-clock.ts";
import { patterned, type ServedRequest } from "./testing/test-api.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let session: RelaySession;
beforeEach(async () => {
  world = new TestWorld();
  await world.relay.start();
  session = await world.session();
});
afterEach(() => world.stop());

async function answering(path: string, answer: (request: ServedRequest) => void): Promise<void> {
  answer(await world.api.next(path));
}

describe("a cut answer", () => {
  it.each([0, 1, 65_535, 65_536, 200_000])("is never a short one, after %d bytes", async (length) => {
    for (const headers of [[], [["content-length", "1000000"]]] as HeaderPairs[]) {
      const fetched = session.fetch("/cut");
      const served = await world.api.next("/cut");
      served.stream.respond({ status: 200, headers });
      const response = await fetched;
      if (length > 0) served.stream.write(patterned(0, length));
      const reader = response.body?.getReader();
      let read = 0;
      while (read < length) read += (await reader?.read())?.value?.length ?? 0;
      served.stream.reset("truncated");
      await expect(reader?.read()).rejects.toMatchObject({ code: "truncated" });
    }
  });

  it("is one also when the channel is cut, or the answer is shorter or longer than announced", async () => {
    const first = session.fetch("/cut");
    const served = await world.api.next("/cut");
    served.stream.respond({ status: 200, headers: [] });
    const text = (await first).text();
    world.relay.cut();
    await expect(text).rejects.toMatchObject({ code: "truncated" });

    for (const [announced, code] of [
      ["10", "truncated"],
      ["3", "bad_response"],
    ]) {
      const fetched = session.fetch("/length");
      await answering("/length", (request) =>
        request.respond(200, [["content-length", announced ?? ""]], "12345"),
      );
      await expect((await fetched).text()).rejects.toMatchObject({ code });
    }
  });

  it("has a length that is one number, or it is no answer", async () => {
    for (const headers of [
      [["content-length", "5, 6"]],
      [["content-length", "-1"]],
      [
        ["content-length", "5"],
        ["Content-Length", "6"],
      ],
    ] as HeaderPairs[]) {
      const fetched = session.fetch("/length");
      await answering("/length", (request) => request.respond(200, headers, "12345"));
      await expect(fetched).rejects.toMatchObject({ code: "bad_response", hop: "local-api" });
    }
    const fetched = session.fetch("/length");
    await answering("/length", (request) => request.respond(200, [["content-length", "5, 5"]], "12345"));
    expect(await (await fetched).text()).toBe("12345");
  });

  it("has a status that a Response can have", async () => {
    const fetched = session.fetch("/odd");
    await answering("/odd", (request) => request.respond(999, [], "x"));
    await expect(fetched).rejects.toMatchObject({ code: "bad_response" });
  });
});

describe("a request that failed", () => {
  it.each([
    ["unreachable", "unreachable", "local-api"],
    ["timeout", "timeout", "local-api"],
    ["denied", "forbidden", "node"],
    ["internal", "stream_error", "node"],
    ["too_large", "too_large", "node"],
  ] as const)("by RESET %s says so with its hop", async (code, problem, hop) => {
    const fetched = session.fetch("/fail");
    await answering("/fail", (request) => request.stream.reset(code, "ConnectError"));
    const error = await fetched.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RelayError);
    expect(error).toMatchObject({ code: problem, hop, problem: { detail: "ConnectError" } });
  });

  it("because the PC wants this device no more says that, and not that a rule is against it", async () => {
    const fetched = session.fetch("/fail");
    await answering("/fail", (request) => request.stream.reset("denied"));
    await expect(fetched).rejects.toThrow(/does not want this device any more.*pair again/);
  });

  it("shows nothing of a reason that is more than a word", async () => {
    const fetched = session.fetch("/fail");
    await answering("/fail", (request) => request.stream.reset("internal", "<b>/home/kim/secret path</b>"));
    await expect(fetched).rejects.not.toThrow(/secret/);
  });

  it("is sent again when it was refused untouched, three times in all", async () => {
    let times = 0;
    world.api.on("/busy", (request) => {
      times += 1;
      request.stream.reset("refused");
    });
    await expect(session.fetch("/busy", { method: "POST" })).rejects.toMatchObject({ code: "refused" });
    expect(times).toBe(3);
  });

  it("is sent again after a cut when it is idempotent and has no body, and only then", async () => {
    const seen: string[] = [];
    world.api.on("/once", (request) => {
      seen.push(request.head.method);
      if (seen.length % 2 === 1) world.relay.cut();
      else request.respond(200, [], "second");
    });
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      expect(await (await session.fetch("/once", { method })).text()).toBe("second");
    }
    expect(seen).toEqual(["GET", "GET", "PUT", "PUT", "DELETE", "DELETE", "OPTIONS", "OPTIONS"]);
  });

  it.each([
    ["POST without a body", { method: "POST" }],
    ["PUT with a body", { method: "PUT", body: "x" }],
    ["PATCH with a body", { method: "PATCH", body: "x" }],
  ])("is not sent again after a cut: %s", async (_, init) => {
    let times = 0;
    world.api.on("/once", () => {
      times += 1;
      world.relay.cut();
    });
    await expect(session.fetch("/once", init)).rejects.toMatchObject({
      code: "connection_lost",
      hop: "client-relay",
    });
    await session.fetch("/hello");
    expect(times).toBe(1);
  });

  it("waits for a connection, with its body unread until there is one", async () => {
    const { record, device } = await world.pair();
    world.relay.refuse = () => ({ error: "node_offline", close: 4503 });
    const waiting = world.connect(record, { deviceKey: device.key });
    const { stream, log } = bodyOf([patterned(0, 10)]);
    const fetched = waiting.fetch("/echo", { method: "POST", body: stream });
    await settle();
    expect(log.taken).toBe(0);
    world.relay.refuse = undefined;
    expect((await (await fetched).arrayBuffer()).byteLength).toBe(10);
  });

  it("is answered after its wait, with what is wrong", async () => {
    const { record, device } = await world.pair();
    world.relay.refuse = () => ({ error: "node_offline", close: 4503 });
    const waiting = world.connect(record, { deviceKey: device.key });
    await expect(waiting.fetch("/hello", { waitMs: 300 })).rejects.toMatchObject({
      code: "node_offline",
      hop: "relay-node",
    });
  });

  it("fails at once when the session was closed", async () => {
    session.close();
    await expect(session.fetch("/hello")).rejects.toMatchObject({ code: "closed" });
  });
});
