/**
 * The whole of what a page can reach outside itself: `window.ora`, made by the preload. Named functions only, one for
 * each command; no channel names and no general "send". A push can overtake the first `view`: pages subscribe first.
 */
import type { ActivityChanges, ActivityView } from "./activity-view.ts";
import type { CommandName, WindowName } from "./command-names.ts";
import type { CommandInputs } from "./commands.ts";
import type { PairingView } from "./pairing-view.ts";
import type { CommandValue, Result } from "./results.ts";
import type { SettingsView } from "./settings-view.ts";

export interface WindowViews {
  readonly pairing: PairingView;
  readonly activity: ActivityView;
  readonly settings: SettingsView;
}

export interface WindowPushes {
  readonly pairing: PairingView;
  readonly activity: ActivityView | ActivityChanges;
  readonly settings: SettingsView;
}

type IsEmpty<Input> = keyof Input extends never ? true : false;

/** Commands never reject: what goes wrong is a `Result`. */
export type OraCommands = {
  readonly [Name in CommandName]: IsEmpty<CommandInputs[Name]> extends true
    ? () => Promise<Result<CommandValue<Name>>>
    : (input: CommandInputs[Name]) => Promise<Result<CommandValue<Name>>>;
};

export interface OraBridge extends OraCommands {
  /** What the window shows now. The main process refuses a window that is not the sender's own. */
  view<Name extends WindowName>(window: Name): Promise<WindowViews[Name]>;
  /** Called with each push. Returns how to stop that. */
  onView<Name extends WindowName>(window: Name, listener: (view: WindowPushes[Name]) => void): () => void;
}
