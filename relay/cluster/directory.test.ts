import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { instance, key, type TestInstance } from "./testing/instances.ts";
import { describeWithNats, startNats, type TestNats, until } from "./testing/nats-server.ts";

describeWithNats("who holds what, among several relays", () => {
  let nats: TestNats;
  const started: TestInstance[] = [];
  const start = async () => {
    const made = instance({ url: nats.url });
    started.push(made);
    await made.cluster.start();
    return made.cluster;
  };
  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map(({ cluster }) => cluster.stop()));
  });
  afterAll(() => nats.close());

  it("reaches the holder, and hears at once that there is none", async () => {
    const [a, b] = [await start(), await start()];
    const held = a.hold(key("node", "n1"), { answer: (question) => ({ to: question }) });
    await held.known;
    expect(await b.ask(key("node", "n1"), { want: "epoch" })).toEqual({ to: { want: "epoch" } });
    expect(await b.ask(key("node", "n2"), { want: "epoch" })).toBeUndefined();
    held.release();
    await until(() => a.isConnected, "connected");
    await a.hold(key("node", "other"), { answer: () => 1 }).known;
    expect(await b.ask(key("node", "n1"), {})).toBeUndefined();
  });

  it("answers questions that were on the way when it let go, where it is told to", async () => {
    const [a, b] = [await start(), await start()];
    const held = a.hold(key("code", "used"), {
      answer: () => {
        held.release({ answering: true });
        return "mine";
      },
    });
    await held.known;
    const questions = Array.from({ length: 50 }, () => b.ask(key("code", "used"), {}));
    const answers = new Set(await Promise.all(questions));
    expect(answers).toContain("mine");
    for (const answer of answers) expect(["mine", undefined]).toContain(answer);
    expect(await b.ask(key("code", "used"), {})).toBeUndefined();
  });

  it("does not ask itself", async () => {
    const a = await start();
    await a.hold(key("route", "r"), { answer: () => "me" }).known;
    expect(await a.ask(key("route", "r"), {})).toBeUndefined();
  });

  it("takes one answer where two hold the same", async () => {
    const [a, b, c] = [await start(), await start(), await start()];
    await a.hold(key("code", "k"), { answer: async () => "a" }).known;
    await b.hold(key("code", "k"), { answer: async () => "b" }).known;
    expect(["a", "b"]).toContain(await c.ask(key("code", "k"), {}));
    expect(await a.ask(key("code", "k"), {})).toBe("b");
  });

  it("tells a holder that cannot answer from none", async () => {
    const [a, b] = [await start(), await start()];
    await a.hold(key("node", "broken"), { answer: () => Promise.reject(new Error("no")) }).known;
    await a.hold(key("node", "slow"), { answer: () => new Promise(() => undefined) }).known;
    await expect(b.ask(key("node", "broken"), {})).rejects.toMatchObject({ code: "cluster_unreachable" });
    const slow = b.ask(key("node", "slow"), {}, { timeoutMs: 50 });
    await expect(slow).rejects.toMatchObject({ code: "cluster_unreachable" });
  });

  it("tells all others, and not itself", async () => {
    const [a, b, c] = [instance({ url: nats.url }), await start(), await start()];
    const heard: string[] = [];
    started.push(a);
    a.cluster.listen("take", () => heard.push("a"));
    await a.cluster.start();
    for (const each of [b, c]) {
      each.listen("take", (message, from) =>
        heard.push(`${from === a.cluster.instance} ${JSON.stringify(message)}`),
      );
      await each.hold(key("node", each.instance), { answer: () => 1 }).known;
    }
    a.cluster.tell("take", { epoch: 3 });
    await until(() => heard.length === 2, "both have heard");
    expect(heard).toEqual(['true {"epoch":3}', 'true {"epoch":3}']);
  });

  it("knows how many others there are, and when one goes", async () => {
    const a = await start();
    const changes: string[] = [];
    a.onChange((what) => changes.push(what));
    const [b, c] = [await start(), await start()];
    await until(() => a.others === 2 && b.others === 2 && c.others === 2, "all know each other");
    await c.stop();
    await until(() => a.others === 1 && b.others === 1, "one is gone");
    expect(changes).toEqual(["instance_came", "instance_came", "instance_went"]);
  });
});
