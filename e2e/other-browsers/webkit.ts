/**
 * The system's WebKitGTK in its plainest browser, driven over HTTP by its own driver (W3C WebDriver), on a screen that
 * nobody sees.
 */
import { existsSync } from "node:fs";
import { freePort } from "../support/free-port.ts";
import { until } from "../support/until.ts";
import { isRecord } from "./bidi.ts";
import { browserHome, startBrowserProcess } from "./browser-process.ts";
import { callSource, type OtherBrowser, type OtherTab } from "./other-tab.ts";
import { tapActions } from "./pointer.ts";

export const WEBKIT_PROGRAMS = { WebKitWebDriver: "webkit2gtk-driver", Xvfb: "xvfb" } as const;

const FOLDERS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].flatMap((machine) =>
  ["4.1", "4.0", "6.0"].map((series) => `/usr/lib/${machine}/webkit2gtk-${series}/MiniBrowser`),
);

type Command = (method: string, path: string, body?: Record<string, unknown>) => Promise<unknown>;

export async function startWebKit(): Promise<OtherBrowser> {
  const screen = startBrowserProcess({
    home: await browserHome(),
    command: "Xvfb",
    args: ["-displayfd", "1", "-screen", "0", "800x900x24", "-nolisten", "tcp"],
  });
  const port = await freePort();
  const ends = [() => screen.end()];
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const [, display = ""] = await screen.said(/^(\d+)\n/m);
    const driver = startBrowserProcess({
      home: await browserHome(),
      command: "WebKitWebDriver",
      args: [`--port=${port}`, "--host=127.0.0.1"],
      // Without a session bus and a graphics card it is to ask for neither.
      env: {
        DISPLAY: `:${display}`,
        NO_AT_BRIDGE: "1",
        GSETTINGS_BACKEND: "memory",
        LIBGL_ALWAYS_SOFTWARE: "1",
      },
    });
    ends.push(() => driver.end());
    return { ...(await openSession(`http://127.0.0.1:${port}`)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSession(driver: string): Promise<Pick<OtherBrowser, "version" | "tab">> {
  const ask: Command = async (method, path, body) => {
    const answer = await fetch(driver + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await answer.json()) as { value: unknown };
    if (answer.ok) return value;
    throw new Error(isRecord(value) ? `${String(value.error)}: ${String(value.message)}` : "no answer");
  };
  await until("the driver listened", () =>
    ask("GET", "/status").then(
      () => true,
      () => false,
    ),
  );
  const binary = FOLDERS.find((path) => existsSync(path));
  const session = await ask("POST", "/session", {
    capabilities: {
      alwaysMatch: {
        "webkitgtk:browserOptions": { ...(binary && { binary }), args: ["--automation"] },
      },
    },
  });
  if (!isRecord(session) || !isRecord(session.capabilities)) throw new Error("the driver made no session");
  const { browserName, browserVersion } = session.capabilities;
  const path = `/session/${String(session.sessionId)}`;
  const command: Command = (method, rest, body) => ask(method, path + rest, body);
  await command("POST", "/timeouts", { script: 60_000, pageLoad: 60_000 });
  const [tab] = await tabsOf(command);
  if (tab === undefined) throw new Error("WebKit has no tab");
  return { version: `${String(browserName)} ${String(browserVersion)}`, tab };
}

async function tabsOf(command: Command): Promise<OtherTab[]> {
  const handles = await command("GET", "/window/handles");
  return Array.isArray(handles) ? handles.map((handle) => tabOf(command, String(handle))) : [];
}

function tabOf(command: Command, handle: string): OtherTab {
  /** The driver has one tab in hand at a time. */
  const here: Command = async (method, path, body) => {
    await command("POST", "/window", { handle });
    return command(method, path, body);
  };
  return {
    id: handle,
    tabs: () => tabsOf(command),
    async goto(url) {
      await here("POST", "/url", { url });
    },
    async tap(x, y) {
      await here("POST", "/actions", { actions: tapActions(x, y) });
    },
    async evaluate(script, ...given) {
      const source = `const done = arguments[arguments.length - 1];
        ${callSource(script, given)}.then((text) => done([text]), (error) => done(String(error)));`;
      const result = await here("POST", "/execute/async", { script: source, args: [] });
      if (Array.isArray(result)) return JSON.parse(String(result[0]));
      throw new Error(String(result));
    },
  };
}
