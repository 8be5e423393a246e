/** The activity window's side of the main process: what is listed, what is kept on the owner's word, and what is not. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { VIEW_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import { connectV1, pairV1 } from "../support/v1-client.ts";
import { ask, mainProcessStage } from "./main-process-stage.ts";
import { type TrayWorld, until } from "./tray-world.ts";

const stage = mainProcessStage();
const { connected, later } = stage;
beforeAll(stage.prepare);
afterEach(stage.clean);

interface Kept {
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: unknown;
}

const newest = (world: TrayWorld) => world.app.keeper.node?.activity.list(1)[0];
const details = async (world: TrayWorld, id: number | undefined) =>
  (await ask(world, "activity", "activityDetails", { id })) as {
    readonly value: { readonly request?: Kept; readonly response?: Kept };
  };

describe("activity", () => {
  it("is listed for its window as it happens, with details, a curl line and a HAR file", async () => {
    const { world, pair, api } = await connected();
    const session = await pair();
    const { electron } = world;
    electron.tray.choose("Activity");
    await until(() => electron.window("activity") !== undefined);
    await session.fetch("/x?a='b'");
    const window = electron.window("activity") ?? expect.fail("no window");
    await until(() => window.sent.some(({ args }) => JSON.stringify(args).includes("/x?a=")));
    const view = await electron.invoke(window, { url: pageUrl("activity") }, VIEW_CHANNEL, ["activity"]);
    const { rows } = view as { rows: { id: number; device: string; status: number }[] };
    expect(rows).toMatchObject([{ device: "Pixel 9", status: 200, plaintext: false }]);
    const id = rows[0]?.id ?? -1;
    expect(await ask(world, "activity", "copyCurl", { id })).toEqual({ ok: true });
    expect(electron.copied.at(-1)).toBe(`curl --globoff '${api.target.origin}/x?a='\\''b'\\'''`);
    expect(await ask(world, "activity", "exportHar", { ids: [id] })).toEqual({
      ok: true,
      value: { saved: false },
    });
    electron.saveTo = join(world.logs, "..", "out.har");
    expect(await ask(world, "activity", "exportHar", { ids: [id] })).toEqual({
      ok: true,
      value: { saved: true },
    });
    const har = JSON.parse(await readFile(electron.saveTo, "utf8"));
    expect(har.log.entries[0].request.url).toBe(`${api.target.origin}/x?a='b'`);
    await ask(world, "activity", "clearActivity");
    expect(await ask(world, "activity", "activityDetails", { id })).toEqual({ ok: false, problem: "gone" });
  });

  it("holds headers and bodies only once the owner says so, without his own secrets, and forgets them when he says no", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    const { electron } = world;
    electron.tray.choose("Activity");
    electron.tray.choose("Settings…");
    await until(() => electron.window("activity") !== undefined && electron.window("settings") !== undefined);
    await ask(world, "settings", "setHeader", { name: "x-ora-token", value: "SECRET" });
    const echo = async (body: string) => {
      await (await session.fetch("/echo", { method: "POST", body })).text();
      return newest(world)?.id;
    };
    expect((await details(world, await echo("before"))).value.request).toBeUndefined();
    expect(await ask(world, "activity", "setCapture", { on: true })).toEqual({ ok: true });
    const id = await echo("hello こんにちは");
    const { value } = await details(world, id);
    expect(value.request?.body).toEqual({ text: "hello こんにちは", encoding: "utf8", truncated: false });
    expect(value.response?.body).toEqual(value.request?.body);
    expect(value.request?.headers).toContainEqual(["x-ora-token", "•••"]);
    expect(JSON.stringify(value)).not.toContain("SECRET");
    // It holds for this run, over a new start of the node, whose list begins anew.
    await ask(world, "settings", "saveSetting", { key: "pcName", value: "Laptop" });
    await until(() => world.app.facts?.relay.kind === "connected");
    const next = await echo("after");
    expect((await details(world, next)).value.request?.body).toMatchObject({ text: "after" });
    const window = electron.window("activity");
    expect(window?.sent.map(({ args }) => args[1])).toContainEqual(
      expect.objectContaining({ kind: "whole", capture: true }),
    );
    await ask(world, "activity", "setCapture", { on: false });
    expect((await details(world, next)).value.request).toBeUndefined();
  });

  it("holds them of clients that are not encrypted as well, and of a WebSocket the headers", async () => {
    const { world, relay, pair } = await connected();
    const session = await pair();
    const code = world.app.facts?.offers.plaintext?.code ?? "";
    const { body } = await pairV1(relay.origin, code);
    const script = await connectV1(relay.origin, String(body.token));
    later(() => script.close());
    const { electron } = world;
    electron.tray.choose("Activity");
    electron.tray.choose("Settings…");
    await until(() => electron.window("activity") !== undefined && electron.window("settings") !== undefined);
    await ask(world, "settings", "setHeader", { name: "x-ora-token", value: "SECRET" });
    expect(await ask(world, "activity", "setCapture", { on: true })).toEqual({ ok: true });

    expect(await script.request({ method: "POST", path: "/echo", body: Buffer.from("plain") })).toMatchObject(
      {
        status: 200,
      },
    );
    const plain = (await details(world, newest(world)?.id)).value;
    expect(plain.request?.body).toEqual({ text: "plain", encoding: "utf8", truncated: false });
    expect(plain.response?.body).toEqual(plain.request?.body);
    expect(plain.request?.headers).toContainEqual(["x-ora-token", "•••"]);

    const socket = session.webSocket("/ws", ["chat"]);
    await until(() => newest(world)?.status === 101);
    const upgraded = (await details(world, newest(world)?.id)).value;
    socket.close();
    expect(upgraded.request?.headers).toContainEqual(["x-ora-token", "•••"]);
    expect(upgraded.response?.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`)).toContain(
      "sec-websocket-protocol: chat",
    );
    expect(upgraded.response?.body).toBeUndefined();
    expect(JSON.stringify([plain, upgraded])).not.toContain("SECRET");
  });

  it("is gone when the app ends, and nothing of it was ever on the disk", async () => {
    const { world, pair } = await connected();
    const session = await pair();
    world.electron.tray.choose("Activity");
    await until(() => world.electron.window("activity") !== undefined);
    await ask(world, "activity", "setCapture", { on: true });
    await (await session.fetch("/echo?TELLTALE", { method: "POST", body: "TELLTALE" })).text();
    const log = world.app.keeper.node?.activity;
    const id = newest(world)?.id ?? -1;
    expect(log?.captures.get(id)).toBeDefined();
    world.electron.tray.choose("Quit ORA");
    expect(await world.electron.exit).toBe(0);
    expect(log?.list(10)).toEqual([]);
    expect(log?.captures.get(id)).toBeUndefined();
    const home = join(world.logs, "..");
    const files = await readdir(home, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain("TELLTALE");
    }
    for (const item of await world.store.list()) {
      expect(await world.store.get(item)).not.toContain("TELLTALE");
    }
  });
});
