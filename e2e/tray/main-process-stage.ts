/** What the tests of the main process share: a world without windows to look at, its devices, and a page's messages. */
import { oddApi } from "../../desktop/core/testing/odd-api.ts";
import { COMMAND_CHANNEL } from "../../desktop/electron/ipc-channels.ts";
import { pageUrl } from "../../desktop/electron/page-scheme.ts";
import { startTestRelay } from "../support/relay.ts";
import { builtApp, phone, type TrayWorld, type TrayWorldOptions, trayWorld, until } from "./tray-world.ts";

export interface MainProcessStage {
  /** Once, before the tests. */
  prepare(): Promise<void>;
  /** After each test. */
  clean(): Promise<void>;
  later(cleanup: () => unknown): void;
  start(options?: Partial<TrayWorldOptions>): Promise<TrayWorld>;
  /** With a relay and a local API, and nobody is asked before a pairing. */
  connected(options?: Partial<TrayWorldOptions>): Promise<ConnectedWorld>;
}

export interface ConnectedWorld {
  readonly relay: Awaited<ReturnType<typeof startTestRelay>>;
  readonly api: Awaited<ReturnType<typeof oddApi>>;
  readonly world: TrayWorld;
  pair(name?: string): ReturnType<Awaited<ReturnType<typeof phone>>["session"]>;
}

export function mainProcessStage(): MainProcessStage {
  let built = "";
  const cleanups: (() => unknown)[] = [];

  async function start(options: Partial<TrayWorldOptions> = {}): Promise<TrayWorld> {
    const world = await trayWorld({ built, ...options });
    cleanups.push(() => world.close());
    return world;
  }

  return {
    async prepare() {
      built = await builtApp();
    },
    async clean() {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    },
    later: (cleanup) => void cleanups.push(cleanup),
    start,
    async connected(options = {}) {
      const relay = await startTestRelay();
      cleanups.push(() => relay.close());
      const api = await oddApi();
      cleanups.push(() => api.close());
      const world = await start({
        ...options,
        settings: {
          relayUrl: relay.origin,
          apiUrl: api.target.origin,
          askBeforePairing: false,
          ...options.settings,
        },
      });
      await until(() => world.app.facts?.link !== undefined && world.app.facts.api.kind === "up");
      return {
        relay,
        api,
        world,
        async pair(name) {
          const link = world.app.facts?.link ?? "";
          const session = await (await phone(relay.origin, link, name)).session();
          cleanups.push(() => session.close());
          await until(() => world.app.facts?.link !== undefined && world.app.facts.link !== link);
          return session;
        },
      };
    },
  };
}

/** A message of the page in this window, as it sends them. */
export function ask(
  world: TrayWorld,
  window: "pairing" | "settings" | "activity",
  name: string,
  input?: unknown,
): Promise<unknown> {
  const shown = world.electron.window(window);
  if (shown === undefined) throw new Error(`no ${window} window`);
  return world.electron.invoke(shown, { url: pageUrl(window) }, COMMAND_CHANNEL, [name, input]);
}
