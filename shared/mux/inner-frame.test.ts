import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PAYLOAD_BYTES, readFrames } from "./inner-frame.ts";
import { INNER } from "./inner-types.ts";
import { MuxError } from "./mux-error.ts";
import { MAX_RECORD_BYTES } from "./padme.ts";
import { RecordBuilder } from "./record-builder.ts";

interface Frame {
  type: number;
  stream: number;
  payload: Uint8Array;
}

function framesOf(record: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  readFrames(record, (type, stream, payload) => frames.push({ type, stream, payload }));
  return frames;
}

function fault(record: Uint8Array): string {
  try {
    framesOf(record);
  } catch (error) {
    if (error instanceof MuxError && error.code === "protocol") return error.message;
    throw error;
  }
  return "none";
}

function recordOf(...frames: Frame[]): Uint8Array {
  const builder = new RecordBuilder();
  for (const { type, stream, payload } of frames) builder.add(type, stream, payload);
  return builder.take();
}

function withHeader(length: number, type: number, size = 256): Uint8Array {
  const record = new Uint8Array(size);
  record.set([length >>> 16, (length >>> 8) & 0xff, length & 0xff, type]);
  return record;
}

describe("inner frames", () => {
  it("come out as they went in, in order", () => {
    const anyFrame = fc.record({
      type: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0x80, max: 0xff })),
      stream: fc.nat(0xffffffff),
      payload: fc.uint8Array({ maxLength: 2000 }),
    });
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 25 }), (frames) => {
        expect(framesOf(recordOf(...frames))).toEqual(frames);
      }),
    );
  });

  it("have the layout that the protocol document shows", () => {
    const record = recordOf({ type: INNER.DATA, stream: 0x01020304, payload: new Uint8Array([0xaa, 0xbb]) });
    expect([...record.subarray(0, 11)]).toEqual([0, 0, 2, 3, 1, 2, 3, 4, 0xaa, 0xbb, 0]);
    expect(record.length).toBe(256);
  });

  it("are views into the record", () => {
    const record = recordOf({ type: INNER.DATA, stream: 1, payload: new Uint8Array(100) });
    expect(framesOf(record)[0]?.payload.buffer).toBe(record.buffer);
  });

  it("may fill a record to the last byte, and not one more", () => {
    const payload = new Uint8Array(MAX_PAYLOAD_BYTES).fill(7);
    const record = recordOf({ type: INNER.DATA, stream: 1, payload });
    expect(record.length).toBe(MAX_RECORD_BYTES);
    expect(framesOf(record)).toHaveLength(1);
    expect(fault(withHeader(MAX_PAYLOAD_BYTES + 1, INNER.DATA, MAX_RECORD_BYTES))).toContain("longer");
  });

  it("may fill a small record exactly; one byte more would span records", () => {
    expect(fault(withHeader(248, INNER.DATA))).toBe("none");
    expect(fault(withHeader(249, INNER.DATA))).toContain("longer");
    expect(fault(withHeader(0xffffff, INNER.DATA))).toContain("longer");
  });

  it("of unknown type are handed on from 0x80 up and refused below", () => {
    expect(framesOf(withHeader(3, 0x80))).toHaveLength(1);
    expect(framesOf(withHeader(3, 0xff))).toHaveLength(1);
    expect(fault(withHeader(3, 0x0b))).toContain("unknown");
    expect(fault(withHeader(3, 0x7f))).toContain("unknown");
  });

  it("end where type 0 begins, and all that follows must be zero", () => {
    const full = recordOf({ type: INNER.DATA, stream: 1, payload: new Uint8Array(5).fill(1) });
    for (let at = 13; at < full.length; at++) {
      // A byte where the next frame's type would stand makes a frame of it.
      if (at === 16) continue;
      const record = full.slice();
      record[at] = 1;
      expect(fault(record)).toContain("padding");
    }
  });

  it("leave fewer than eight bytes as padding, which must be zero too", () => {
    const record = withHeader(241, INNER.DATA);
    expect(framesOf(record)).toHaveLength(1);
    for (let at = 249; at < 256; at++) {
      const dirty = record.slice();
      dirty[at] = 0x80;
      expect(fault(dirty)).toContain("padding");
    }
  });

  it("are not sought in a plaintext that is no bucket", () => {
    for (const size of [0, 7, 8, 255, 257, 63_489]) expect(fault(new Uint8Array(size))).toContain("bucket");
    expect(framesOf(new Uint8Array(256))).toEqual([]);
  });

  it("never crash on random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (record) => {
        fault(record);
      }),
      { numRuns: 2000 },
    );
  });

  it("fit ten thousand to a few records when they are tiny", () => {
    const builder = new RecordBuilder();
    const records: Uint8Array[] = [];
    for (let n = 1; n <= 10_000; n++) {
      if (builder.room(MAX_RECORD_BYTES) < 1) records.push(builder.take());
      builder.add(INNER.DATA, n, new Uint8Array([n & 0xff]));
    }
    records.push(builder.take());
    const streams = records.flatMap(framesOf).map((frame) => frame.stream);
    expect(streams).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1));
    expect(records).toHaveLength(2);
  });

  it("do not leak into the next record that is made in the same memory", () => {
    const builder = new RecordBuilder(true);
    for (const length of [MAX_PAYLOAD_BYTES, 16_000, 100, 17_000, 0]) {
      const payload = new Uint8Array(length).fill(0xff);
      builder.add(INNER.DATA, 1, payload);
      const record = builder.take();
      expect(fault(record)).toBe("none");
      expect(framesOf(record)[0]?.payload.length).toBe(length);
    }
  });

  it("do not leak what an earlier record held into the padding of a later one", () => {
    const builder = new RecordBuilder();
    builder.add(INNER.DATA, 1, new Uint8Array(MAX_PAYLOAD_BYTES).fill(0xff));
    // Small records keep the buffer, so their bytes are still there when a large one uses it.
    builder.take();
    builder.add(INNER.DATA, 1, new Uint8Array(16_000).fill(0xff));
    builder.take();
    builder.add(INNER.DATA, 1, new Uint8Array(100));
    expect(fault(builder.take())).toBe("none");
    builder.add(INNER.DATA, 1, new Uint8Array(17_000));
    expect(fault(builder.take())).toBe("none");
  });
});
