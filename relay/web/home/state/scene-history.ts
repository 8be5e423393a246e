/**
 * Scenes and the browser's "back": the list is one entry of the history, whatever is opened from it one more. The address
 * stays the same, and nothing of a scene is ever put into the history.
 */

export interface SceneHistory {
  /** A scene other than the list is shown. */
  opened(): void;
  /** The way back to the list, as the browser's own button goes it. */
  back(): void;
  close(): void;
}

const MARK = { ora: "scene" };

/** `left` is called when the history is at the list again, whoever went there. */
export function createSceneHistory(window: Window, left: () => void): SceneHistory {
  const isAtScene = () => {
    const state: unknown = window.history.state;
    return typeof state === "object" && state !== null && "ora" in state;
  };
  const popped = () => {
    if (!isAtScene()) left();
  };
  window.addEventListener("popstate", popped);
  return {
    opened() {
      if (!isAtScene()) window.history.pushState(MARK, "");
    },
    back() {
      if (isAtScene()) window.history.back();
      else left();
    },
    close: () => window.removeEventListener("popstate", popped),
  };
}
