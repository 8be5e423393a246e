/** Which scene is shown: the list, or the one thing that was opened from it, where the browser's "back" leads back. */
import type { Scene } from "../view/home-view.ts";
import type { SceneHistory } from "./scene-history.ts";

export interface ScenesOptions {
  readonly history: (left: () => void) => SceneHistory;
  /** The list is shown again, whoever went there. */
  readonly left: () => void;
  readonly changed: () => void;
}

export class Scenes {
  private readonly options: ScenesOptions;
  private readonly history: SceneHistory;
  private scene: Scene = { at: "list" };

  constructor(options: ScenesOptions) {
    this.options = options;
    this.history = options.history(() => {
      this.scene = { at: "list" };
      options.left();
      options.changed();
    });
  }

  get current(): Scene {
    return this.scene;
  }

  show(scene: Scene): void {
    this.scene = scene;
    if (scene.at !== "list") this.history.opened();
    this.options.changed();
  }

  back(): void {
    this.history.back();
  }
}
