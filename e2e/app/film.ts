/**
 * A film as a WebM file, made here: one key frame a second, which shows its number, with an index at the beginning, so
 * that a player may jump. Between the frames lies padding, so that the file is too large to be fetched whole at once
 * (RFC 9559 for the elements, RFC 8794 for how they are written).
 */
import type { Page } from "playwright-core";
import { MIB } from "../support/bulk.ts";

export const FILM_SEC = 60;
/** So many bits show the number of a second; each is ten pixels wide. */
const BARS = 6;
const WIDTH = 64;
const HEIGHT = 36;
const PADDING_BYTES = 2 * MIB;

export interface Film {
  readonly size: number;
  /** Where the frame of this second begins. */
  offsetOf(second: number): number;
  /** Bytes `from` up to `to`, in pieces of at most 64 KiB. */
  bytes(from: number, to: number): Generator<Buffer>;
}

/** The number of the second in the page's film, read from what is seen: black and white bars. */
export function secondShown(page: Page): Promise<number> {
  return page.evaluate((bars) => {
    const video = document.querySelector("video");
    const brush = document.createElement("canvas").getContext("2d");
    if (video === null || brush === null) return Number.NaN;
    brush.drawImage(video, 0, 0);
    const { data } = brush.getImageData(0, 10, video.videoWidth, 1);
    let second = 0;
    for (let bar = 0; bar < bars; bar += 1) {
      if ((data[(bar * 10 + 5) * 4] ?? 0) > 128) second += 2 ** bar;
    }
    return second;
  }, BARS);
}

/** VP8 key frames, made by the browser itself; `page` has to be one of a secure origin. */
export async function makeFilm(page: Page): Promise<Film> {
  const frames = await page.evaluate(
    async ({ seconds, bars, width, height }) => {
      const encoded: string[] = [];
      const encoder = new VideoEncoder({
        output(chunk) {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          encoded.push(btoa(String.fromCharCode(...bytes)));
        },
        error: (error) => reportError(error),
      });
      encoder.configure({ codec: "vp8", width, height });
      const canvas = new OffscreenCanvas(width, height);
      const brush = canvas.getContext("2d");
      for (let second = 0; second < seconds; second += 1) {
        for (let bar = 0; bar < bars && brush !== null; bar += 1) {
          brush.fillStyle = (second >> bar) & 1 ? "white" : "black";
          brush.fillRect(bar * 10, 0, 10, height);
        }
        const frame = new VideoFrame(canvas, { timestamp: second * 1_000_000 });
        encoder.encode(frame, { keyFrame: true });
        frame.close();
      }
      await encoder.flush();
      return encoded;
    },
    { seconds: FILM_SEC, bars: BARS, width: WIDTH, height: HEIGHT },
  );
  return asFile(frames.map((frame) => Buffer.from(frame, "base64")));
}

function asFile(frames: readonly Buffer[]): Film {
  const padding = Buffer.alloc(PADDING_BYTES);
  const clusters = frames.map((frame, second) => {
    const inner = [
      element(0xe7, number(second * 1000)),
      element(0xa3, Buffer.concat([Buffer.from([0x81, 0, 0, 0x80]), frame])),
      head(0xec, PADDING_BYTES),
    ];
    const size = inner.reduce((sum, { length }) => sum + length, 0) + PADDING_BYTES;
    return Buffer.concat([head(0x1f43b675, size), ...inner]);
  });
  const info = element(
    0x1549a966,
    Buffer.concat([
      element(0x2ad7b1, number(1_000_000)),
      element(0x4489, float(frames.length * 1000)),
      element(0x4d80, Buffer.from("ora")),
      element(0x5741, Buffer.from("ora")),
    ]),
  );
  const video = element(0xe0, Buffer.concat([element(0xb0, number(WIDTH)), element(0xba, number(HEIGHT))]));
  const track = [
    element(0xd7, number(1)),
    element(0x73c5, number(1)),
    element(0x83, number(1)),
    element(0x86, Buffer.from("V_VP8")),
    video,
  ];
  const tracks = element(0x1654ae6b, element(0xae, Buffer.concat(track)));
  const cueOf = (second: number, at: number) =>
    element(
      0xbb,
      Buffer.concat([
        element(0xb3, number(second * 1000)),
        element(0xb7, Buffer.concat([element(0xf7, number(1)), element(0xf1, number(at))])),
      ]),
    );
  const cues = (begin: number) => {
    let at = begin;
    const points = clusters.map((cluster, second) => {
      const point = cueOf(second, at);
      at += cluster.length + PADDING_BYTES;
      return point;
    });
    return element(0x1c53bb6b, Buffer.concat(points));
  };
  // Numbers are of one length, so the index is as long whatever stands in it.
  const begin = info.length + tracks.length + cues(0).length;
  const body = Buffer.concat([info, tracks, cues(begin)]);
  const bodySize = body.length + clusters.reduce((sum, { length }) => sum + length + PADDING_BYTES, 0);
  const kind = [element(0x4282, Buffer.from("webm")), element(0x4287, number(4)), element(0x4285, number(2))];
  const beginning = Buffer.concat([
    element(0x1a45dfa3, Buffer.concat(kind)),
    head(0x18538067, bodySize),
    body,
  ]);
  const parts = [beginning, ...clusters.flatMap((cluster) => [cluster, padding])];
  return {
    size: parts.reduce((sum, { length }) => sum + length, 0),
    offsetOf: (second) => parts.slice(0, 1 + second * 2).reduce((sum, { length }) => sum + length, 0),
    *bytes(from, to) {
      let start = 0;
      for (const part of parts) {
        const first = Math.max(from - start, 0);
        const last = Math.min(to - start, part.length);
        for (let at = first; at < last; at += 64 * 1024)
          yield part.subarray(at, Math.min(at + 64 * 1024, last));
        start += part.length;
      }
    },
  };
}

function element(id: number, data: Buffer): Buffer {
  return Buffer.concat([head(id, data.length), data]);
}

/** An id, and a size that is written in eight bytes. */
function head(id: number, size: number): Buffer {
  const name = Buffer.from(
    id.toString(16).padStart(id > 0xffffff ? 8 : id > 0xffff ? 6 : id > 0xff ? 4 : 2, "0"),
    "hex",
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE((1n << 56n) | BigInt(size));
  return Buffer.concat([name, length]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
