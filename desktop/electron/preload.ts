/**
 * The bridge of every page: one named function for each command, the view, and pushes. It hands over values only; pages
 * never see `ipcRenderer`, a channel's name or an event of Electron. Runs sandboxed, as one CommonJS file.
 */
import { contextBridge, ipcRenderer } from "electron";
import { type CommandName, WINDOW_COMMANDS, WINDOWS } from "../windows/contract/command-names.ts";
import { COMMAND_CHANNEL, PUSH_CHANNEL, VIEW_CHANNEL } from "./ipc-channels.ts";

const names = new Set<CommandName>(WINDOWS.flatMap((window) => [...WINDOW_COMMANDS[window]]));

const commands = Object.fromEntries(
  [...names].map((name) => [
    name,
    (input?: unknown): Promise<unknown> =>
      // A refusal of the main process is a result too: commands never reject.
      ipcRenderer.invoke(COMMAND_CHANNEL, name, input).catch(() => ({ ok: false, problem: "failed" })),
  ]),
);

contextBridge.exposeInMainWorld("ora", {
  ...commands,
  view: (window: unknown): Promise<unknown> => ipcRenderer.invoke(VIEW_CHANNEL, window),
  onView(window: unknown, listener: (view: unknown) => void): () => void {
    const heard = (_event: unknown, name: unknown, view: unknown) => {
      if (name === window) listener(view);
    };
    ipcRenderer.on(PUSH_CHANNEL, heard);
    return () => {
      ipcRenderer.removeListener(PUSH_CHANNEL, heard);
    };
  },
});
