import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type RunningRelay, startTestRelay } from "./support/relay.ts";

/**
 * Runs the transcripts of PROTOCOL.md against a real relay, so that the document cannot drift from the code.
 * `<word>` matches a value and remembers it: as a whole JSON text, inside one, or as a bare number.
 */
class Transcript {
  private readonly sockets = new Map<string, WebSocket>();
  private readonly inboxes = new Map<string, string[]>();
  private readonly values = new Map<string, string>();
  private reply = "";
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  async run(line: string): Promise<void> {
    const [, who = "", sign = "", rest = ""] = line.match(/^(\w+)\s+([=<>])\s(.+)$/) ?? [];
    if (who === "") throw new Error(`not a line of a transcript: ${line}`);
    const text = this.fill(rest);
    if (sign === "=") await this.open(who, text);
    else if (who === "http") await this.http(sign, text);
    else if (sign === ">") this.sockets.get(who)?.send(text);
    else this.compare(await this.next(who), text);
  }

  end(): void {
    for (const socket of this.sockets.values()) socket.terminate();
  }

  private fill(text: string): string {
    return text.replace(/<(\w+)>/g, (whole, name: string) => this.values.get(name) ?? whole);
  }

  private async open(who: string, text: string): Promise<void> {
    const [, path = "", code] = text.match(/^WS (\S+)(?: (\d+))?$/) ?? [];
    const socket = new WebSocket(`${this.origin.replace("http", "ws")}${path}`);
    const inbox: string[] = [];
    socket.on("message", (data) => inbox.push(String(data)));
    this.sockets.set(who, socket);
    this.inboxes.set(who, inbox);
    await once(socket, "open");
    if (code !== undefined) expect((await once(socket, "close"))[0]).toBe(Number(code));
  }

  private async http(sign: string, text: string): Promise<void> {
    if (sign === "<") return this.compare(this.reply, text);
    const [, method = "", path = "", body] = text.match(/^(\w+) (\S+)(?: (.*))?$/) ?? [];
    const response = await fetch(`${this.origin}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    this.reply = `${response.status} ${await response.text()}`;
  }

  private async next(who: string): Promise<string> {
    const socket = this.sockets.get(who);
    const inbox = this.inboxes.get(who);
    if (!socket || !inbox) throw new Error(`${who} has no socket`);
    if (inbox.length === 0) await once(socket, "message");
    return inbox.shift() ?? "";
  }

  private compare(actual: string, expected: string): void {
    const names: string[] = [];
    const pattern = expected.replace(/<(\w+)>|[.*+?^${}()|[\]\\]/g, (found, name?: string) => {
      if (name === undefined) return `\\${found}`;
      names.push(name);
      return String.raw`((?:[^"\\]|\\.)+?)`;
    });
    const match = actual.match(new RegExp(`^${pattern}$`));
    if (!match) expect(actual).toBe(expected);
    names.forEach((name, i) => {
      // The text of an error is for people and may differ each time.
      if (name !== "text") this.values.set(name, match?.[i + 1] ?? "");
    });
  }
}

const document = readFileSync(new URL("../shared/PROTOCOL.md", import.meta.url), "utf8");
const transcripts = [...document.matchAll(/```transcript\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

describe("the transcripts in PROTOCOL.md", () => {
  let relay: RunningRelay;
  let transcript: Transcript;

  beforeEach(async () => {
    relay = await startTestRelay();
    transcript = new Transcript(relay.origin);
  });

  afterEach(async () => {
    transcript.end();
    await relay.close();
  });

  it("are there", () => {
    expect(transcripts.length).toBeGreaterThan(5);
  });

  // A transcript may go on where the one before it ended; a line that needs a socket brings its opening line along.
  it.each(transcripts.map((text) => [text.split("\n")[0], text]))(
    "hold against a real relay: %s …",
    async (_, text) => {
      const lines = text.trim().split("\n");
      const opened = new Set(
        lines.filter((line) => /^\w+\s+=/.test(line)).map((line) => line.split(/\s/)[0]),
      );
      const needed = new Set(lines.map((line) => line.split(/\s/)[0] ?? "").filter((who) => who !== "http"));
      const prelude = [...needed].filter((who) => !opened.has(who));
      for (const line of prelude.flatMap((who) => PRELUDES[who] ?? [])) await transcript.run(line);
      for (const line of lines) await transcript.run(line);
    },
  );
});

const PRELUDES: Record<string, string[]> = {
  node: ["node = WS /ws/node?node_id=studio"],
  client: [
    "host = WS /ws/node?node_id=studio",
    'host > {"type":"pair_offer","code":"for-the-client"}',
    'host < {"type":"pair_offer_ack","ok":true,"expires_at":<before>}',
    'http > POST /api/pair {"code":"for-the-client"}',
    'http < 200 {"ok":true,"node_id":"studio","token":"<token>","expires_at":<until>}',
    "client = WS /ws/client?token=<token>",
  ],
};
