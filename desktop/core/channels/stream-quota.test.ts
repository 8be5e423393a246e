import { describe, expect, it } from "vitest";
import { MAX_STREAMS } from "#shared/mux/mux-limits.ts";
import { channelWorld, NOTHING, turns } from "../testing/channel-world.ts";
import {
  MAX_GROWTH_OF_NODE_BYTES,
  MAX_GROWTH_PER_FAMILY_BYTES,
  MAX_STREAMS_OF_NODE,
  MAX_STREAMS_PER_DEVICE,
  MAX_STREAMS_PER_FAMILY,
  StreamQuota,
} from "./stream-quota.ts";

type World = Awaited<ReturnType<typeof channelWorld>>;
type Muxed = Awaited<ReturnType<World["connect"]>>;

/** Opens streams that stay open; how many were refused. */
async function openMany({ muxer }: Muxed, count: number): Promise<number> {
  const resets: string[] = [];
  for (let opened = 0; opened < count; opened++) {
    const stream = muxer.openStream(
      { method: "GET", path: "/open", headers: [], end: true },
      { ...NOTHING, reset: ({ code }) => void resets.push(code) },
    );
    if (typeof stream === "string") throw new Error(stream);
  }
  await turns();
  expect(new Set(resets).size).toBeLessThanOrEqual(1);
  expect(resets[0] ?? "refused").toBe("refused");
  return resets.length;
}

describe("streams of all channels together", () => {
  it("of one device: one more than 128 is refused, on whichever channel, and others are served", async () => {
    const { addDevice, connect } = await channelWorld();
    const { key } = await addDevice();
    const first = await connect(key);
    const second = await connect(key);
    expect(await openMany(first, MAX_STREAMS_PER_DEVICE - 1)).toBe(0);
    expect(await openMany(second, 1)).toBe(0);
    expect(await openMany(second, 1)).toBe(1);
    expect(await openMany(await connect((await addDevice()).key), 1)).toBe(0);
    first.muxer.close("bye");
    await turns();
    expect(await openMany(second, MAX_STREAMS - 1)).toBe(0);
    expect(await openMany(await connect(key), 1)).toBe(1);
  });

  it("of a device and those it let in: one more than 256 is refused", async () => {
    const { addDevice, connect } = await channelWorld();
    const parent = await addDevice();
    const child = await addDevice(parent.id);
    const grandchild = await addDevice(child.id);
    expect(await openMany(await connect(grandchild.key), MAX_STREAMS_PER_DEVICE)).toBe(0);
    const half = MAX_STREAMS_PER_FAMILY - MAX_STREAMS_PER_DEVICE;
    const last = await connect(child.key);
    expect(await openMany(last, half - 1)).toBe(0);
    const own = await connect(parent.key);
    expect(await openMany(own, 1)).toBe(0);
    expect(await openMany(own, 1)).toBe(1);
    expect(await openMany(await connect((await addDevice()).key), 1)).toBe(0);
  });

  it("of the node: one more than 1,024 is refused", () => {
    const quota = new StreamQuota();
    const shares = Array.from({ length: MAX_STREAMS_OF_NODE }, (_, at) => quota.share(`d${at}`, `d${at}`));
    const late = quota.share("late", "late");
    expect(shares.every((share) => share.take() && share.open())).toBe(true);
    expect([late.take(), late.open()]).toEqual([false, false]);
    shares[0]?.release();
    expect([late.take(), late.take(), late.open()]).toEqual([true, false, false]);
    shares[0]?.shut();
    expect([late.open(), late.open()]).toEqual([true, false]);
  });

  it("grow so far and no further, a family and all, and everything is given back", () => {
    const quota = new StreamQuota();
    const one = quota.share("one", "one");
    const child = quota.share("child", "one");
    expect(one.grow(MAX_GROWTH_PER_FAMILY_BYTES - 1)).toBe(MAX_GROWTH_PER_FAMILY_BYTES - 1);
    expect(child.grow(2)).toBe(1);
    const two = quota.share("two", "two");
    const left = MAX_GROWTH_OF_NODE_BYTES - MAX_GROWTH_PER_FAMILY_BYTES;
    expect(two.grow(left - 1)).toBe(left - 1);
    const three = quota.share("three", "three");
    expect(three.grow(2)).toBe(1);
    expect(three.grow(1)).toBe(0);
    one.shrink(MAX_GROWTH_PER_FAMILY_BYTES - 1);
    child.shrink(1);
    two.shrink(left - 1);
    three.shrink(1);
    expect(quota.used).toEqual({ open: 0, windows: 0, growth: 0, names: 0 });
  });
});
