/** The settings window, with devices, rules and what the app is. */
import { startPage } from "../dom/start-page.tsx";
import { LoadingSettings } from "./loading.tsx";
import { SettingsWindow } from "./settings-window.tsx";

startPage({
  window: "settings",
  title: (texts) => texts.settings.title,
  next: (_view, push) => push,
  loading: () => <LoadingSettings />,
  draw: ({ view }, ora) => <SettingsWindow view={view} ora={ora} />,
});
