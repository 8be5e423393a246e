import { describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import type { RelayState } from "../relay-state.ts";
import { answerRedeem, redeemElsewhere } from "./redeem-elsewhere.ts";

const question = { token: "0".repeat(64), peer: "192.0.2.1" };

/** What is said of a code when this is what its holder answers, or fails with. */
function redeem(answer: () => unknown) {
  const cluster = { ask: async () => answer() } as unknown as Cluster;
  return redeemElsewhere(cluster, { code: "ABCDE-FGHJK", peer: "192.0.2.1", expose: async () => false });
}

describe("a code that is offered elsewhere", () => {
  it("whose time is over there, and that is still known there, is wrong", async () => {
    const holder = answerRedeem(() => ({ offers: { get: () => undefined } }) as unknown as RelayState);
    const answer = () => holder(Buffer.alloc(32), question);
    expect(await redeem(answer)).toEqual({ ok: false, reason: "wrong_code" });
  });

  it.each([undefined, null, 7, { refused: "x" }, { node: "pc" }, { node: 1, id: 2 }])(
    "is wrong when its holder says what is none of the answers: %j",
    async (answer) => {
      expect(await redeem(() => answer)).toEqual({ ok: false, reason: "wrong_code" });
    },
  );

  it("cannot be had while nobody can be asked", async () => {
    const unreachable = () => {
      throw new ClusterError("cluster_unreachable", "The bus is away.");
    };
    expect(await redeem(unreachable)).toEqual({ ok: false, reason: "unreachable" });
  });
});
