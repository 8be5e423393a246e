import { beforeEach, describe, expect, it } from "vitest";
import type { Cluster, Link, LinkListener } from "../cluster/cluster.ts";
import { nodeKey } from "../elsewhere/place-keys.ts";
import { RequestsElsewhere } from "./elsewhere.ts";
import { GUEST_LEAVES_CODE, guestLeavesReason, takenByReason } from "./guest-leaves.ts";

describe("requests to a node at another instance, when the node leaves it", () => {
  let listener: LinkListener | undefined;
  let takes: boolean;
  let sent: number;
  let told: string[];
  let requests: RequestsElsewhere;

  beforeEach(() => {
    takes = true;
    sent = 0;
    told = [];
    const link: Link = {
      send() {
        sent += 1;
        return takes;
      },
      pause: () => undefined,
      resume: () => undefined,
      end: () => undefined,
    };
    const cluster = {
      async open(_key: unknown, _hello: unknown, heard: LinkListener) {
        listener = heard;
        return link;
      },
    } as unknown as Cluster;
    const peer = { address: "192.0.2.1", pause: () => undefined, resume: () => undefined };
    requests = new RequestsElsewhere({
      peer: peer as never,
      cluster,
      key: nodeKey("pc"),
      session: "00",
      client: {
        deliver: () => undefined,
        nodeAway: () => told.push("away"),
        lost: () => told.push("lost"),
        ended: (code) => told.push(`ended ${code}`),
      },
    });
  });

  async function passed(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) requests.request(Buffer.from("{}"), i);
    while (listener === undefined || sent < count) await new Promise((resolve) => setImmediate(resolve));
  }

  const leaves = (reason: string) =>
    listener?.closed({ how: "closed", code: GUEST_LEAVES_CODE, reason, cut: false });

  it("are all answered when it has taken all of them", async () => {
    await passed(3);
    leaves(guestLeavesReason(3));
    expect(told).toEqual([]);
  });

  it.each(["node_offline 2", "node_offline 4", "node_offline", "node_offline 3x"])(
    "are lost when nobody may ever answer one: %s",
    async (reason) => {
      await passed(3);
      leaves(reason);
      expect(told).toEqual(["lost"]);
    },
  );

  it("are lost when the link takes one no more", async () => {
    await passed(2);
    takes = false;
    await passed(1);
    leaves(guestLeavesReason(2));
    expect(told).toEqual(["lost"]);
  });

  it("are counted anew on the next link", async () => {
    await passed(2);
    leaves(guestLeavesReason(2));
    listener = undefined;
    await passed(1);
    leaves(guestLeavesReason(1));
    expect(told).toEqual([]);
  });
});

it("tells how many were taken, and takes nothing else for a number", () => {
  expect(takenByReason(guestLeavesReason(0))).toBe(0);
  expect(takenByReason(guestLeavesReason(123_456))).toBe(123_456);
  expect(takenByReason("node_offline -1")).toBeUndefined();
});
