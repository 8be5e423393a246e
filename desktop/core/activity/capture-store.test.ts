import { describe, expect, it } from "vitest";
import { CaptureStore, MAX_CAPTURED_BODY_BYTES } from "./capture-store.ts";

const bytes = (length: number) => new Uint8Array(length).fill(7);

describe("captured requests", () => {
  it("are none until the owner turns it on, and forgotten when he turns it off", () => {
    const store = new CaptureStore();
    expect(store.begin(1)).toBeUndefined();
    store.turn(true);
    store.begin(2)?.request([["a", "b"]], []);
    expect(store.get(2)?.request?.headers).toEqual([["a", "b"]]);
    store.turn(false);
    expect(store.get(2)).toBeUndefined();
  });

  it("hold the owner's own headers without their values", () => {
    const store = new CaptureStore();
    store.turn(true);
    store.begin(1)?.request(
      [
        ["X-Ora-Token", "SECRET"],
        ["accept", "*/*"],
      ],
      ["x-ora-token"],
    );
    expect(JSON.stringify(store.get(1))).not.toContain("SECRET");
    expect(store.get(1)?.request?.headers[1]).toEqual(["accept", "*/*"]);
  });

  it("keep the beginning of a body, in memory of their own, and say when it went on", () => {
    const store = new CaptureStore();
    store.turn(true);
    const capture = store.begin(1);
    capture?.request([], []);
    capture?.response([]);
    const chunk = bytes(MAX_CAPTURED_BODY_BYTES);
    capture?.requestBody(chunk);
    chunk.fill(0);
    expect(store.get(1)?.request).toMatchObject({ isCut: false });
    expect(store.get(1)?.request?.body[0]).toBe(7);
    capture?.responseBody(bytes(MAX_CAPTURED_BODY_BYTES));
    capture?.responseBody(bytes(1));
    expect(store.get(1)?.response).toMatchObject({ isCut: true });
    expect(store.get(1)?.response?.body).toHaveLength(MAX_CAPTURED_BODY_BYTES);
  });

  it("make room, the oldest first, and a request that was dropped costs nothing more", () => {
    const store = new CaptureStore(1_000);
    store.turn(true);
    const first = store.begin(1);
    first?.response([]);
    first?.responseBody(bytes(600));
    const second = store.begin(2);
    second?.response([]);
    second?.responseBody(bytes(400));
    expect(store.get(1)).toBeDefined();
    second?.responseBody(bytes(1));
    expect(store.get(1)).toBeUndefined();
    first?.responseBody(bytes(999));
    expect(store.get(2)?.response?.body).toHaveLength(401);
  });

  it("ignore a body whose head was never told", () => {
    const store = new CaptureStore();
    store.turn(true);
    store.begin(1)?.responseBody(bytes(5));
    expect(store.get(1)).toEqual({ request: undefined, response: undefined });
  });
});
