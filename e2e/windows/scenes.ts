/** Every state of every window, as views with the data of one invented PC. Screenshots and axe walk through all of them. */
import type { WindowViews } from "../../desktop/windows/contract/bridge.ts";
import type { WindowName } from "../../desktop/windows/contract/command-names.ts";
import type { Language } from "../../desktop/windows/contract/status-view.ts";
import type { Answer } from "./fake-main.ts";
import { activityView, capturedAnswer } from "./scenes/activity.ts";
import { pairingScenes } from "./scenes/pairing.ts";
import { settingsScenes } from "./scenes/settings.ts";
import type { Staged } from "./stage.ts";

export interface Scene<Name extends WindowName = WindowName> {
  readonly name: string;
  readonly window: Name;
  readonly view: WindowViews[Name] | undefined;
  readonly answer?: Answer;
  /** What the owner does before the picture is taken. */
  readonly act?: (staged: Staged<Name>) => Promise<void>;
}

/** Makes a scene of any window one of the list, without forgetting that view and act belong together. */
export type AnyScene = { readonly [Name in WindowName]: Scene<Name> }[WindowName];

export function scenes(language: Language): readonly AnyScene[] {
  return [...pairingScenes(language), ...activityScenes(language), ...settingsScenes(language)];
}

function activityScenes(language: Language): readonly Scene<"activity">[] {
  const full = activityView(language, 240);
  return [
    { name: "activity-loading", window: "activity", view: undefined },
    { name: "activity-empty", window: "activity", view: activityView(language, 0) },
    { name: "activity-full", window: "activity", view: full },
    {
      name: "activity-details",
      window: "activity",
      view: { ...full, capture: true },
      answer: capturedAnswer(full.rows),
      act: async ({ page }) => {
        await page.getByRole("listbox").press("ArrowDown");
        await page.getByRole("listbox").press("ArrowDown");
        await page.locator(".captured").first().waitFor();
      },
    },
    {
      name: "activity-websocket",
      window: "activity",
      view: { ...full, capture: true },
      answer: capturedAnswer(full.rows),
      act: async ({ page }) => {
        await page.getByText("/ws/events").first().click();
        await page.locator(".captured").first().waitFor();
      },
    },
    {
      name: "activity-no-match",
      window: "activity",
      view: full,
      act: ({ page }) => page.getByRole("searchbox").fill("nothing-like-this"),
    },
  ];
}
