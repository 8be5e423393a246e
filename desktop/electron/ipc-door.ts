/**
 * The one way from a page into the main process. Each message must come from the main frame of one of our windows, at that
 * window's own address; then it is decoded; only then is it anybody's business. What does not fit is answered, not obeyed.
 */
import type * as Electron from "electron";
import { WINDOWS, type WindowName } from "../windows/contract/command-names.ts";
import { type Command, decodeCommand } from "../windows/contract/commands.ts";
import type { Result } from "../windows/contract/results.ts";
import type { ElectronPort } from "./electron-port.ts";
import { COMMAND_CHANNEL, VIEW_CHANNEL } from "./ipc-channels.ts";
import { windowOfUrl } from "./page-scheme.ts";

export interface IpcDoorOptions {
  readonly ipcMain: ElectronPort["ipcMain"];
  /** The window that shows these web contents. */
  readonly windowOf: (contentsId: number) => WindowName | undefined;
  readonly view: (window: WindowName) => unknown;
  readonly command: (command: Command) => Promise<Result<unknown>>;
}

type Sender = Pick<Electron.IpcMainInvokeEvent, "sender" | "senderFrame">;

/** A page that asks for more at a time than any person could. */
const MAX_UNDER_WAY = 64;

export function openDoor({ ipcMain, windowOf, view, command }: IpcDoorOptions): void {
  let underWay = 0;

  /** Checks the sender, then lets `act` see the arguments. */
  function handle(channel: string, act: (window: WindowName, args: readonly unknown[]) => unknown): void {
    ipcMain.handle(channel, (event: Sender, ...args: unknown[]) => {
      const window = trueSender(event, windowOf);
      if (window === undefined) throw new Error("refused");
      return act(window, args);
    });
  }

  handle(VIEW_CHANNEL, (window, [name]) => {
    const asked = WINDOWS.find((known) => known === name);
    if (asked !== window) throw new Error("refused");
    return view(window);
  });

  handle(COMMAND_CHANNEL, async (window, [name, input]): Promise<Result<unknown>> => {
    const decoded = decodeCommand(window, name, input);
    if (decoded === undefined) return { ok: false, problem: "bad_command" };
    if (underWay >= MAX_UNDER_WAY) return { ok: false, problem: "too_many" };
    underWay += 1;
    try {
      return await command(decoded);
    } finally {
      underWay -= 1;
    }
  });
}

function trueSender(
  { sender, senderFrame }: Sender,
  windowOf: IpcDoorOptions["windowOf"],
): WindowName | undefined {
  const window = windowOf(sender.id);
  if (window === undefined || senderFrame === null) return undefined;
  // An embedded frame has another parent; a page that was led elsewhere has another address.
  if (senderFrame.parent !== null || windowOfUrl(senderFrame.url) !== window) return undefined;
  return window;
}
