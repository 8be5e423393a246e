/** What every section of the settings is given. */
import type { OraBridge } from "../contract/bridge.ts";
import type { SettingsSection } from "../contract/settings-sections.ts";
import type { SettingsView } from "../contract/settings-view.ts";

export interface SectionProps {
  readonly view: SettingsView;
  readonly ora: OraBridge;
  /** Leads to another section. */
  readonly open: (section: SettingsSection) => void;
}
