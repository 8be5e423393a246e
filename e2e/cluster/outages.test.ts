/**
 * Each of three relays is killed and frozen, and the bus between them. Whatever is under way comes out whole or is said
 * to be cut; everybody is back without pairing; and who has nothing to do with what broke notices nothing.
 */
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { MIB } from "../support/bulk.ts";
import type { CoreNode } from "../support/core-node.ts";
import { type PairedDevice, pairDevice, sessionIs } from "../support/device.ts";
import { endingsOfAllTests, endingsOfEachTest } from "../support/endings.ts";
import { isReady } from "../support/relay-cluster.ts";
import { until } from "../support/until.ts";
import { connectV1, pairV1 } from "../support/v1-client.ts";
import { closeOf } from "../support/web-sockets.ts";
import { createWorkload, type Work, type Workload } from "../support/workload.ts";
import { type ClusterStage, startClusterStage } from "./cluster-stage.ts";

const BODY_BYTES = 4 * MIB;
/** Comes at once; the rest when the test lets it go. */
const HELD_BYTES = 300_000;
const BACK_MS = 90_000;
const FREEZE_MS = 5_000;
const GUARD_MS = 180_000;

describeWith({ "nats-server": "nats-server", caddy: "caddy" }, "among three relays", () => {
  const atTheEnd = endingsOfAllTests();
  const afterTest = endingsOfEachTest();
  let stage: ClusterStage;
  /** A PC that is where the balancer sends it, and one that is always at the first relay. */
  let roaming: CoreNode;
  let pinned: CoreNode;
  let phones: PairedDevice[];
  let pinnedPhone: PairedDevice;

  beforeAll(async () => {
    stage = await startClusterStage(atTheEnd);
    stage.api.on("/hello", (_, response) => response.end("hello"));
    roaming = await stage.node(stage.balancer);
    pinned = await stage.node(stage.relays[0].origin);
    phones = [];
    for (let used: string | undefined; phones.length < 3; ) {
      const text = await roaming.link(used);
      used = text;
      phones.push(await pairDevice({ text, relay: stage.balancer, name: `phone ${phones.length}` }));
    }
    pinnedPhone = await pairDevice({ text: await pinned.link(), relay: stage.relays[0].origin });
  }, 180_000);

  /** A session, and why it was ever without a connection. */
  async function connected(device: PairedDevice, door: string) {
    const states: SessionState[] = [];
    const session = device.connectThrough(door, { stateChanged: (state) => states.push(state) });
    afterTest(() => session.close());
    await sessionIs(session, "connected");
    const problems = () =>
      states.flatMap((state) => ("problem" in state && state.problem ? [state.problem.code] : []));
    return { session, problems };
  }

  function workload(): Workload {
    const work = createWorkload(stage.api);
    afterTest(() => work.close());
    return work;
  }

  const roamingSessions = () => Promise.all(phones.map((phone) => connected(phone, stage.balancer)));

  /** The PC's answer through each, at once or after however many attempts. */
  async function areBack(sessions: readonly { readonly session: RelaySession }[]): Promise<void> {
    const isBack = async ({ session }: { readonly session: RelaySession }) => {
      session.wake();
      try {
        return (await (await session.fetch("/hello")).text()) === "hello";
      } catch {
        // Told that it failed: not yet.
        return false;
      }
    };
    await Promise.all(sessions.map((one) => until("everybody was back", () => isBack(one), BACK_MS)));
  }

  async function everything(work: Workload, session: RelaySession): Promise<Work[]> {
    const open = [
      work.download(session, BODY_BYTES, HELD_BYTES),
      work.upload(session, BODY_BYTES, HELD_BYTES),
      work.events(session),
      work.conversation(session),
    ];
    await Promise.all(open.map(({ begun }) => begun));
    return open;
  }

  /** What came of each, after what was held back could go on and the session has ended. */
  async function outcomes(work: Workload, session: RelaySession, open: readonly Work[]): Promise<string[]> {
    work.release();
    const [download, upload, ...endless] = open;
    const bodies = await Promise.all([download?.outcome, upload?.outcome]);
    session.close();
    return [...bodies, ...(await Promise.all(endless.map(({ outcome }) => outcome)))].map(String);
  }

  /** Breaks something while everybody is in the middle of everything, mends it, and sees that all is well. */
  async function survives(breaking: () => Promise<unknown>, mending: () => Promise<unknown>): Promise<void> {
    const work = workload();
    const sessions = await roamingSessions();
    const open = await Promise.all(sessions.map(({ session }) => everything(work, session)));
    await breaking();
    await areBack(sessions);
    await mending();
    await stage.allReady();
    await areBack(sessions);
    const all = await Promise.all(sessions.map(({ session }, i) => outcomes(work, session, open[i] ?? [])));
    for (const outcome of all.flat()) expect(["right", "cut"]).toContain(outcome);
    for (const outcome of await work.uploadsAtTheApi()) expect(["right", "cut"]).toContain(outcome);
    expect(roaming.node.devices.list()).toHaveLength(phones.length);
  }

  it.each([0, 1, 2] as const)(
    "the death of relay %i costs what it carried, and nobody a pairing",
    async (i) => {
      const relay = stage.relays[i];
      await survives(
        () => relay.end("SIGKILL"),
        () => relay.start(),
      );
    },
    GUARD_MS,
  );

  it(
    "one that stands still for seconds costs at most what it carried",
    async () => {
      const [relay] = stage.relays;
      await survives(
        async () => {
          relay.program.kill("SIGSTOP");
          await pause(FREEZE_MS);
          relay.program.kill("SIGCONT");
        },
        async () => undefined,
      );
    },
    GUARD_MS,
  );

  it(
    "the death of one is nothing to those who are at others",
    async () => {
      const [first, second, third] = stage.relays;
      const work = workload();
      const near = await connected(pinnedPhone, first.origin);
      const far = await connected(pinnedPhone, second.origin);
      const open = await Promise.all([near, far].map(({ session }) => everything(work, session)));
      await third.end("SIGKILL");
      await third.start();
      await stage.allReady();
      for (const [i, { session, problems }] of [near, far].entries()) {
        expect(problems()).toEqual([]);
        expect(await outcomes(work, session, open[i] ?? [])).toEqual(["right", "right", "cut", "cut"]);
      }
    },
    GUARD_MS,
  );

  it(
    "an update of one relay after the other fails no request that can be repeated",
    async () => {
      const sessions = await roamingSessions();
      let isOver = false;
      const answers: string[] = [];
      const working = sessions.map(async ({ session }) => {
        while (!isOver) answers.push(await (await session.fetch("/hello")).text());
      });
      for (const relay of stage.relays) {
        const before = answers.length;
        await relay.end("SIGTERM");
        expect(await relay.program.exited).toBe(0);
        await relay.start();
        await stage.allReady();
        await until("work went on", () => answers.length > before + 10, BACK_MS);
      }
      isOver = true;
      await Promise.all(working);
      expect(new Set(answers)).toEqual(new Set(["hello"]));
      const problems = new Set(sessions.flatMap((one) => one.problems()));
      // Told in order, and the PC on its way from one relay to another.
      for (const code of problems) expect(["relay_restarting", "node_offline"]).toContain(code);
    },
    GUARD_MS,
  );

  const BUS_FAULTS = {
    "its death": {
      begin: () => stage.nats.end("SIGKILL"),
      end: () => stage.nats.start(),
    },
    "its standing still": {
      begin: async () => stage.nats.program.kill("SIGSTOP"),
      end: async () => stage.nats.program.kill("SIGCONT"),
    },
  };

  it.each(["its death", "its standing still"] as const)(
    "the bus is needed by those alone whose PC is at another relay: %s",
    async (name) => {
      const [first, second, third] = stage.relays;
      const work = workload();
      const near = await connected(pinnedPhone, first.origin);
      const far = await connected(pinnedPhone, second.origin);
      const { body } = await pairV1(third.origin, pinned.node.offerView.plaintext?.code ?? "");
      const script = await connectV1(third.origin, String(body.token));
      expect((await script.request({ path: "/hello" })).status).toBe(200);
      const nearWork = await everything(work, near.session);
      const farWork = await everything(work, far.session);
      const scriptClosed = closeOf(script.socket);

      await BUS_FAULTS[name].begin();
      await until("every relay said that it is alone", async () => {
        const ready = await Promise.all(stage.relays.map(isReady));
        return !ready.some(Boolean);
      });
      await until("the far device was told", () => far.session.state.status !== "connected");
      // Whoever has all they need at one relay has lost nothing, and can still come in.
      expect(near.problems()).toEqual([]);
      expect(await (await near.session.fetch("/hello")).text()).toBe("hello");
      const late = await connected(pinnedPhone, first.origin);
      expect(await (await late.session.fetch("/hello")).text()).toBe("hello");
      // Nobody knows whether its PC is online, so nobody says that it is not.
      await until("the far device was told again", () => far.problems().length >= 3);
      expect((await scriptClosed).code).toBe(1012);

      await BUS_FAULTS[name].end();
      await stage.allReady();
      await areBack([near, far, late]);
      const again = await connectV1(third.origin, String(body.token));
      await until(
        "the script was back",
        async () => (await again.request({ path: "/hello" })).status === 200,
      );
      again.close();
      expect(near.problems()).toEqual([]);
      expect(new Set(far.problems())).toEqual(new Set(["relay_restarting"]));
      expect(await outcomes(work, near.session, nearWork)).toEqual(["right", "right", "cut", "cut"]);
      expect(await outcomes(work, far.session, farWork)).toEqual(["cut", "cut", "cut", "cut"]);
      await areBack(await roamingSessions());
    },
    GUARD_MS,
  );
});
