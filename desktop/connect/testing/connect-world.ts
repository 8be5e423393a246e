/** `ora-connect` run in this process against a test relay and node, with a state directory of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestWorld } from "#shared/client/testing/test-world.ts";
import { loadConnectConfig } from "../config.ts";
import { openPairingStore } from "../open-store.ts";
import { runConnect } from "../run.ts";
import { wsSockets } from "../ws-sockets.ts";

export interface Run {
  /** Lines said so far, and those complained. */
  readonly lines: string[];
  readonly complaints: string[];
  readonly exit: Promise<number>;
  /** The first line that matches, past or to come. Rejects when the program ends without it. */
  line(pattern: RegExp): Promise<string>;
  /** Waits for `listening on`; gives the address. */
  address(): Promise<string>;
  /** Ctrl-C. */
  stop(): Promise<number>;
}

export class ConnectWorld extends TestWorld {
  private directory = "";
  private readonly runs: Run[] = [];

  async start(): Promise<void> {
    await this.relay.start();
    this.directory = await mkdtemp(join(tmpdir(), "ora-connect-"));
  }

  get stateDir(): string {
    return join(this.directory, "state");
  }

  run(args: string[], options: { env?: Record<string, string>; input?: string } = {}): Run {
    const stop = new AbortController();
    const lines: string[] = [];
    const complaints: string[] = [];
    let waiters: (() => void)[] = [];
    const wake = () => {
      const woken = waiters;
      waiters = [];
      for (const run of woken) run();
    };
    const env = {
      ORA_RELAY_URL: this.relay.url,
      ORA_NODE_SECRETS: "file",
      ORA_NODE_STATE_DIR: this.stateDir,
      ...options.env,
    };
    let hasEnded = false;
    const exit = runConnect({
      args,
      config: () => loadConnectConfig(env, { platform: "linux", home: "/nowhere" }),
      openStore: openPairingStore,
      sockets: wsSockets(),
      readLine: async () => options.input ?? "",
      say: (line) => {
        lines.push(line);
        wake();
      },
      complain: (line) => {
        complaints.push(line);
        wake();
      },
      stop: stop.signal,
    }).finally(() => {
      hasEnded = true;
      wake();
    });
    const run: Run = {
      lines,
      complaints,
      exit,
      async line(pattern) {
        for (;;) {
          const found = [...lines, ...complaints].find((line) => pattern.test(line));
          if (found !== undefined) return found;
          if (hasEnded) throw new Error(`ended without ${pattern}:\n${[...lines, ...complaints].join("\n")}`);
          await new Promise<void>((resolve) => waiters.push(resolve));
        }
      },
      async address() {
        const line = await run.line(/^listening on /);
        return line.replace("listening on ", "");
      },
      async stop() {
        stop.abort();
        return exit;
      },
    };
    this.runs.push(run);
    return run;
  }

  /** Pairs by link and gives the local address. */
  async listening(args: string[] = []): Promise<string> {
    return this.run([this.node.offerLink(this.relay.url), "--port", "0", ...args]).address();
  }

  override async stop(): Promise<void> {
    try {
      await Promise.all(this.runs.map((run) => run.stop()));
      await super.stop();
    } finally {
      await rm(this.directory, { recursive: true, force: true });
    }
  }
}
