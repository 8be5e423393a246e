/** One big download over one connection, timed, and then checked by its hash. */
import { createHash } from "node:crypto";
import { Agent, get } from "node:http";
import { patternedBody } from "./api-server.ts";

const MEGABYTE = 1_000_000;

const hashes = new Map<number, string>();

function hashOf(chunks: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

function expectedHash(size: number): string {
  const known = hashes.get(size) ?? hashOf([patternedBody(size)]);
  hashes.set(size, known);
  return known;
}

/** Fetches `/bytes/SIZE` and resolves with MB/s, the hashing not counted. Rejects when one byte is not right. */
export async function download(origin: string, size: number): Promise<number> {
  const agent = new Agent({ keepAlive: false });
  const start = performance.now();
  const chunks = await new Promise<Uint8Array[]>((resolve, reject) => {
    const request = get(`${origin}/bytes/${size}`, { agent }, (response) => {
      const received: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => received.push(chunk));
      response.on("end", () => resolve(received));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
  const seconds = (performance.now() - start) / 1000;
  if (hashOf(chunks) !== expectedHash(size))
    throw new Error(`${size} bytes from ${origin} are not what was sent`);
  return size / MEGABYTE / seconds;
}
