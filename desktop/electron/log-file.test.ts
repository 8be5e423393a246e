import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeClock } from "../core/testing/fake-clock.ts";
import { logFile, MAX_LOG_BYTES } from "./log-file.ts";

describe("the log", () => {
  let parent: string;
  let directory: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "ora-log-"));
    directory = join(parent, "logs");
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));
  const path = () => join(directory, "ora.log");

  it("has one JSON line an event, and of errors no word of their message", async () => {
    const log = logFile({ directory, clock: fakeClock() });
    log.event("started", { version: "1.0.0" });
    const error = Object.assign(new TypeError("SECRET at SECRET"), { code: "ERR_X" });
    error.cause = new Error("SECRET");
    log.fault(error);
    log.fault("SECRET");
    log.fault(undefined);
    await log.written();
    const text = await readFile(path(), "utf8");
    expect(text).not.toContain("SECRET");
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({ time: "2023-11-14T22:13:20.000Z", event: "started", version: "1.0.0" });
    expect(lines[1]).toMatchObject({ event: "fault", name: "TypeError", code: "ERR_X", cause: "Error" });
    expect(lines[1].at[0]).toMatch(/log-file\.test\.ts:\d+/);
    expect(lines[1].at.join()).not.toContain(process.cwd());
  });

  it("is bounded by two files", async () => {
    const log = logFile({ directory, clock: fakeClock() });
    log.event("first");
    await log.written();
    await writeFile(path(), "x".repeat(MAX_LOG_BYTES));
    log.event("second");
    await log.written();
    expect((await stat(`${path()}.1`)).size).toBe(MAX_LOG_BYTES);
    expect(await readFile(path(), "utf8")).toContain("second");
  });

  it("that cannot be written costs nothing but its lines", async () => {
    await writeFile(join(directory, "..", "file"), "");
    const log = logFile({ directory: join(directory, "..", "file", "logs"), clock: fakeClock() });
    for (let i = 0; i < 1_000; i += 1) log.fault(new Error("x"));
    await expect(log.written()).resolves.toBeUndefined();
  });
});
