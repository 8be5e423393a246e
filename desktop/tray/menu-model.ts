/**
 * The tray's menu as one pure function of the state. It says first how things stand, then offers what can be done;
 * everything the app can do is reachable from here, because on some systems the icon itself takes no clicks.
 */
import type { AppState } from "./app-state.ts";
import { clockTime } from "./clock-time.ts";
import { escapeMenu, menuName } from "./menu-label.ts";
import type { DeviceFacts, NodeFacts, PlaintextFacts } from "./node-facts.ts";
import { standing } from "./standing.ts";
import { chainText, statusView, type WordsOptions } from "./status-words.ts";
import type { TrayCommand } from "./tray-command.ts";

/** Labels are ready for a native menu: one line, `&` doubled. */
export type MenuItem =
  | { readonly kind: "separator" }
  /** Says something, does nothing. */
  | { readonly kind: "text"; readonly label: string }
  | {
      readonly kind: "action";
      readonly label: string;
      readonly command: TrayCommand;
      readonly isEnabled?: boolean;
    }
  | {
      readonly kind: "check";
      readonly label: string;
      readonly isChecked: boolean;
      readonly command: TrayCommand;
    }
  | { readonly kind: "submenu"; readonly label: string; readonly items: readonly MenuItem[] };

export interface MenuOptions extends WordsOptions {
  readonly version: string;
}

/** A menu of more devices is no menu any more; the rest stands in the settings window. */
export const MAX_MENU_DEVICES = 24;
const SEPARATOR: MenuItem = { kind: "separator" };

export function menuModel(state: AppState, options: MenuOptions): readonly MenuItem[] {
  const { menu } = options.texts;
  const node = "node" in state ? state.node : undefined;
  const act = (label: string, command: TrayCommand, isEnabled = true): MenuItem => ({
    kind: "action",
    label: escapeMenu(label),
    command,
    ...(!isEnabled && { isEnabled }),
  });
  return [
    ...statusItems(state, options),
    SEPARATOR,
    ...(node?.questions ?? []).map(
      (question): MenuItem => ({
        kind: "action",
        label: menu.answer(menuName(question.name)),
        command: { name: "show_code" },
      }),
    ),
    act(menu.showCode, { name: "show_code" }),
    act(menu.newCode, { name: "new_code" }, state.kind === "running"),
    act(menu.copyLink, { name: "copy_link" }, node?.link !== undefined),
    SEPARATOR,
    { kind: "submenu", label: menu.devices, items: deviceItems(node, options) },
    act(menu.revokeAll, { name: "revoke_all" }, node !== undefined && hasAnybody(node)),
    SEPARATOR,
    act(menu.activity, { name: "open_activity" }),
    act(menu.settings, { name: "open_settings" }),
    ...pauseItems(state, options),
    ...(state.startsAtLogin === undefined
      ? []
      : [
          {
            kind: "check",
            label: menu.startAtLogin,
            isChecked: state.startsAtLogin,
            command: { name: "set_start_at_login", on: !state.startsAtLogin },
          } as const,
        ]),
    { kind: "submenu", label: menu.about, items: aboutItems(state, options) },
    SEPARATOR,
    act(menu.quit, { name: "quit" }),
  ];
}

function statusItems(state: AppState, options: MenuOptions): MenuItem[] {
  const { title, advice, remedy, notes = [] } = statusView(state, options);
  const { texts } = options;
  const say = (label: string): MenuItem => ({ kind: "text", label: escapeMenu(label) });
  // The sentence that says what to do leads there.
  const lead: TrayCommand | undefined =
    remedy === "relay_settings"
      ? { name: "open_settings", section: "relay" }
      : remedy === "api_settings"
        ? { name: "open_settings", section: "api" }
        : remedy === "proxy_settings"
          ? { name: "open_settings", section: "app" }
          : remedy === "try_now"
            ? { name: "try_now" }
            : undefined;
  const advised: MenuItem[] =
    advice === ""
      ? []
      : [lead === undefined ? say(advice) : { kind: "action", label: escapeMenu(advice), command: lead }];
  return [say(title), say(chainText(standing(state), texts)), ...advised, ...notes.map(say)];
}

function pauseItems(state: AppState, { texts: { menu } }: MenuOptions): MenuItem[] {
  if (state.kind === "paused") return [{ kind: "action", label: menu.resume, command: { name: "resume" } }];
  const isRunning = state.kind === "running";
  return [
    {
      kind: "action",
      label: menu.pause,
      command: { name: "pause" },
      ...(!isRunning && { isEnabled: false }),
    },
  ];
}

function deviceItems(node: NodeFacts | undefined, options: MenuOptions): MenuItem[] {
  const { menu } = options.texts;
  if (node === undefined || !hasAnybody(node)) return [{ kind: "text", label: menu.noDevices }];
  const devices = node.devices.slice(0, MAX_MENU_DEVICES).map((device) => deviceItem(device, options));
  const room = Math.max(0, MAX_MENU_DEVICES - devices.length);
  const sessions = node.plaintext.slice(0, room).map((session) => sessionItem(session, options));
  const left = node.devices.length + node.plaintext.length - devices.length - sessions.length;
  const more: MenuItem[] =
    left === 0
      ? []
      : [{ kind: "action", label: menu.more(left), command: { name: "open_settings", section: "devices" } }];
  return [
    ...devices,
    ...(devices.length > 0 && sessions.length > 0 ? [SEPARATOR] : []),
    ...sessions,
    ...more,
  ];
}

function deviceItem(device: DeviceFacts, { texts, now, timeZone }: MenuOptions): MenuItem {
  const { menu, language } = texts;
  const { id, isConnected, isReadOnly, lastSeen } = device;
  const when = clockTime(lastSeen, { language, now, ...(timeZone !== undefined && { timeZone }) });
  const name = menuName(device.name);
  return {
    kind: "submenu",
    label: menu.device(name, isConnected ? menu.connected : menu.lastSeen(when)),
    items: [
      { kind: "action", label: menu.rename, command: { name: "rename", device: id } },
      {
        kind: "check",
        label: menu.readOnly,
        isChecked: isReadOnly,
        command: { name: "set_read_only", device: id, on: !isReadOnly },
      },
      { kind: "action", label: menu.revoke(name), command: { name: "revoke", device: id } },
    ],
  };
}

function sessionItem({ id, peer }: PlaintextFacts, { texts: { menu } }: MenuOptions): MenuItem {
  return {
    kind: "submenu",
    label: menu.notEncrypted(peer === "" ? menu.unknownPeer : menuName(peer)),
    items: [{ kind: "action", label: menu.endSession, command: { name: "revoke_session", session: id } }],
  };
}

function aboutItems(state: AppState, { texts: { menu }, version }: MenuOptions): MenuItem[] {
  const update = state.notices.find(({ code }) => code === "update_available");
  return [
    { kind: "text", label: menu.version(version) },
    { kind: "action", label: menu.licences, command: { name: "open_settings", section: "about" } },
    { kind: "action", label: menu.openLogs, command: { name: "open_logs" } },
    update === undefined
      ? { kind: "action", label: menu.checkForUpdate, command: { name: "check_for_update" } }
      : {
          kind: "action",
          label: escapeMenu(menu.newerRelease(update.detail ?? "")),
          command: { name: "open_release_page" },
        },
  ];
}

function hasAnybody({ devices, plaintext }: NodeFacts): boolean {
  return devices.length + plaintext.length > 0;
}
