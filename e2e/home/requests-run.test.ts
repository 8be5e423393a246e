/** A request of the API client and its answer, through a real relay and node, without the page around it. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RelaySession } from "#shared/client/relay-client.ts";
import { BLANK_BODY, BLANK_DRAFT, type RequestDraft } from "../../relay/web/home/requests/draft/draft.ts";
import { outgoing } from "../../relay/web/home/requests/draft/outgoing.ts";
import { MAX_KEPT_BYTES } from "../../relay/web/home/requests/run/kept-body.ts";
import { RequestRun } from "../../relay/web/home/requests/run/request-run.ts";
import { bulk, bulkHash, MIB } from "../support/bulk.ts";
import { type CoreNode, startCoreNode } from "../support/core-node.ts";
import { deferred } from "../support/deferred.ts";
import { pairDevice } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { type RunningRelay, startTestRelay } from "../support/relay.ts";
import { type Routes, startRoutes } from "../support/routes.ts";
import { until } from "../support/until.ts";

const atTheEnd = endingsOfAllTests();
const afterTest = endingsOfEachTest();

describe("a request of the API client", () => {
  let relay: RunningRelay;
  let api: Routes;
  let node: CoreNode;
  let session: RelaySession;
  beforeAll(async () => {
    relay = await startTestRelay();
    atTheEnd(() => relay.close());
    api = await startRoutes(atTheEnd);
  });
  beforeEach(async () => {
    node = await startCoreNode({ relay: relay.origin, api: api.origin });
    afterTest(() => node.node.stop());
    const device = await pairDevice({ text: await node.link(), relay: relay.origin });
    session = device.connect();
    afterTest(() => session.close());
  });

  function begin(part: Partial<RequestDraft>): { run: RequestRun; over: Promise<void> } {
    const run = new RequestRun({
      door: session.door,
      request: outgoing({ ...BLANK_DRAFT, ...part }),
      clock: () => performance.now(),
      now: () => Date.now(),
      changed: () => undefined,
    });
    return { run, over: run.start() };
  }
  const is = (run: RequestRun, phase: string) =>
    until(`the request was ${phase}`, () => run.view.phase === phase);

  it("brings status, headers as they were sent, times and the body", async () => {
    api.on("/x", (_, response) => {
      response.writeHead(
        201,
        [
          ["Content-Type", "application/json"],
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ].flat(),
      );
      response.end('{"a":1}');
    });
    const { run, over } = begin({ path: "/x" });
    await over;
    const { view } = run;
    expect(view).toMatchObject({ phase: "done", kind: "json", received: 7, kept: 7, isWhole: true });
    expect(view.head?.status).toBe(201);
    expect(view.head?.headers.filter(([name]) => /cookie/i.test(name)).map(([, value]) => value)).toEqual([
      "a=1",
      "b=2",
    ]);
    expect(view.endMs).toBeGreaterThanOrEqual(view.headMs ?? Number.POSITIVE_INFINITY);
    expect(new TextDecoder().decode(run.body())).toBe('{"a":1}');
  });

  it("sends what browsers let no page send: any header, any method, a body with any of them", async () => {
    const seen = deferred<{ method: string; cookie: string; agent: string; length: string; body: string }>();
    api.on("/x", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { cookie = "", "user-agent": agent = "", "content-length": length = "" } = request.headers;
      seen.resolve({
        method: request.method ?? "",
        cookie,
        agent,
        length,
        body: Buffer.concat(chunks).toString(),
      });
      response.end();
    });
    const { over } = begin({
      method: "SEARCH",
      path: "/x",
      headers: [
        { name: "Cookie", value: "s=1" },
        { name: "User-Agent", value: "me" },
      ],
      body: { ...BLANK_BODY, kind: "text", text: "é" },
    });
    await over;
    expect(await seen.promise).toEqual({
      method: "SEARCH",
      cookie: "s=1",
      agent: "me",
      length: "2",
      body: "é",
    });
  });

  it("uploads a file without holding it, and counts what was sent", async () => {
    const hash = createHash("sha256");
    api.on("/up", async (request, response) => {
      for await (const chunk of request) hash.update(chunk);
      response.end("thanks");
    });
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of bulk(8 * MIB)) parts.push(Uint8Array.from(chunk as Uint8Array));
    const file = new File(parts, "large.bin");
    const { run, over } = begin({ method: "PUT", path: "/up", body: { ...BLANK_BODY, kind: "file", file } });
    await over;
    expect(run.view).toMatchObject({ phase: "done", sent: 8 * MIB, toSend: 8 * MIB });
    expect(hash.digest("hex")).toBe(bulkHash(8 * MIB));
  });

  it("keeps an answer that just fits, and holds one that does not", async () => {
    api.on("/fits", (_, response) => void bulk(MAX_KEPT_BYTES).pipe(response));
    api.on("/more", (_, response) => void bulk(MAX_KEPT_BYTES + 1).pipe(response));
    const fits = begin({ path: "/fits" });
    await fits.over;
    expect(fits.run.view).toMatchObject({ phase: "done", isWhole: true, kept: MAX_KEPT_BYTES });
    const more = begin({ path: "/more" });
    await is(more.run, "held");
    more.run.cancel();
    await more.over;
    expect(more.run.view).toMatchObject({ phase: "cancelled", isWhole: false, kept: MAX_KEPT_BYTES });
  });

  it("saves the whole of a held answer, of which the API waited to send the rest", async () => {
    const size = 40 * MIB;
    const sent = deferred();
    api.on("/large", (_, response) => {
      response.writeHead(200, {
        "content-length": String(size),
        "content-disposition": 'attachment; filename="l.bin"',
      });
      bulk(size)
        .pipe(response)
        .on("finish", () => sent.resolve());
    });
    const { run, over } = begin({ path: "/large" });
    await is(run, "held");
    let hasSent = false;
    void sent.promise.then(() => {
      hasSent = true;
    });
    expect([run.view.received < size, hasSent]).toEqual([true, false]);
    const given = deferred<[Blob, string]>();
    run.save((file, name) => given.resolve([file, name]));
    const [file, name] = await given.promise;
    await over;
    expect([name, file.size, file.type]).toEqual(["l.bin", size, "application/octet-stream"]);
    const hash = createHash("sha256");
    for await (const chunk of file.stream()) hash.update(chunk);
    expect(hash.digest("hex")).toBe(bulkHash(size));
    expect(run.view).toMatchObject({ phase: "done", kept: MAX_KEPT_BYTES, savedAs: "l.bin" });
  });

  it("reads on live what was held, and keeps the newest alone", async () => {
    const lines = 600_000;
    api.on("/log", (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      let at = 0;
      const write = () => {
        while (at < lines) {
          at += 1;
          if (!response.write(`line ${at}\n`)) return void response.once("drain", write);
        }
        response.end();
      };
      write();
    });
    const { run, over } = begin({ path: "/log" });
    await is(run, "held");
    run.readOn();
    await over;
    expect(run.view).toMatchObject({ phase: "done", isWhole: false, hasLostTail: true });
    expect(run.view.tail.endsWith(`line ${lines}\n`)).toBe(true);
  });

  it("gives events as they come, and none after it was cancelled", async () => {
    const opened = deferred<(text: string) => void>();
    const left = deferred();
    api.on("/events", (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      response.on("close", () => left.resolve());
      opened.resolve((text) => void response.write(text));
    });
    const { run, over } = begin({ path: "/events" });
    const push = await opened.promise;
    for (const count of [1, 2, 3]) {
      push(`data: ${count}\n\n`);
      await until("the event came", () => run.view.totalEvents === count);
    }
    expect(run.view).toMatchObject({ phase: "reading", kind: "events", isLive: true });
    expect(run.view.events.map(({ data }) => data)).toEqual(["1", "2", "3"]);
    run.cancel();
    await Promise.all([over, left.promise]);
    expect(run.view.phase).toBe("cancelled");
  });

  it("unpacks what was packed, counts it so, and says when it cannot be", async () => {
    const text = "hello ".repeat(1_000);
    const headers = { "content-type": "text/plain", "content-encoding": "gzip" };
    api.on("/gzip", (_, response) => response.writeHead(200, headers).end(gzipSync(text)));
    api.on("/bad", (_, response) => response.writeHead(200, headers).end(text));
    const good = begin({ path: "/gzip" });
    await good.over;
    expect(new TextDecoder().decode(good.run.body())).toBe(text);
    expect(good.run.view).toMatchObject({ received: 6_000, isWhole: true });
    const bad = begin({ path: "/bad" });
    await bad.over;
    expect(bad.run.view).toMatchObject({ phase: "failed", isWhole: false });
  });

  it("never takes a cut answer for a whole one, and blames the hop that cut it", async () => {
    api.on("/cut", (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).write("a part");
      response.socket?.destroySoon();
    });
    const { run, over } = begin({ path: "/cut" });
    await over;
    expect(run.view).toMatchObject({ phase: "failed", isWhole: false, trouble: { kind: "cut" } });
  });

  it("ends with the PC's word when this phone is revoked in the middle, held or not", async () => {
    api.on("/endless", (_, response) => void bulk(10_000 * MIB).pipe(response));
    api.on(
      "/drip",
      (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).write("begun"),
    );
    const held = begin({ path: "/endless" });
    const drip = begin({ path: "/drip" });
    await is(held.run, "held");
    await until("it began", () => drip.run.view.received > 0);
    const [device] = node.node.devices.list();
    await node.node.revoke(device?.id ?? "").stored;
    await Promise.all([held.over, drip.over]);
    for (const { run } of [held, drip]) {
      expect(run.view).toMatchObject({ phase: "failed", trouble: { kind: "revoked", hop: "pc" } });
    }
  });

  it("names the hop when the PC goes away in the middle, and when it is not there at all", async () => {
    api.on("/drip", (_, response) => void response.writeHead(200).write("begun"));
    const { run, over } = begin({ path: "/drip" });
    await until("it began", () => run.view.received > 0);
    await node.node.stop();
    await over;
    expect(run.view).toMatchObject({ phase: "failed", isWhole: false, trouble: { hop: "pc" } });
    const later = begin({ path: "/drip" });
    await later.over;
    expect(later.run.view).toMatchObject({ phase: "failed", trouble: { kind: "no_pc", hop: "pc" } });
  });

  it("says when the app is not there", async () => {
    const elsewhere = await startCoreNode({ relay: relay.origin, api: "http://127.0.0.1:9" });
    afterTest(() => elsewhere.node.stop());
    const device = await pairDevice({ text: await elsewhere.link(), relay: relay.origin });
    session = device.connect();
    afterTest(() => session.close());
    const { run, over } = begin({ path: "/" });
    await over;
    expect(run.view).toMatchObject({ phase: "failed", trouble: { kind: "app_down", hop: "app" } });
  });
});
