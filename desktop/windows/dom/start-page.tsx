/**
 * How each page begins: it subscribes, asks for its first view, and draws what it is told. The page keeps no state of
 * the app; a view that comes is drawn whole. `document.lang` and the title follow the language of the view.
 */
import { type ComponentChild, render } from "preact";
import type { OraBridge, WindowPushes, WindowViews } from "../contract/bridge.ts";
import type { WindowName } from "../contract/command-names.ts";
import { type Texts, textsFor } from "../texts/texts.ts";
import { TextsContext } from "./texts-context.ts";

declare global {
  interface Window {
    readonly ora: OraBridge;
  }
}

export interface Drawn<View> {
  readonly view: View;
  /** The page's monotonic clock when the view came, in ms. */
  readonly receivedAt: number;
}

export interface Page<Name extends WindowName> {
  readonly window: Name;
  readonly title: (texts: Texts, view: WindowViews[Name]) => string;
  /** The view after a push. */
  readonly next: (
    view: WindowViews[Name] | undefined,
    push: WindowPushes[Name],
  ) => WindowViews[Name] | undefined;
  readonly loading: () => ComponentChild;
  readonly draw: (drawn: Drawn<WindowViews[Name]>, ora: OraBridge) => ComponentChild;
}

export function startPage<Name extends WindowName>(page: Page<Name>): void {
  const root = document.getElementById("page");
  if (root === null) return;
  const { ora } = window;
  let view: WindowViews[Name] | undefined;

  function show(next: WindowViews[Name] | undefined): void {
    if (next === undefined || root === null) return;
    view = next;
    const texts = textsFor(next.language);
    document.documentElement.lang = next.language;
    document.title = page.title(texts, next);
    render(
      <TextsContext.Provider value={texts}>
        {page.draw({ view: next, receivedAt: performance.now() }, ora)}
      </TextsContext.Provider>,
      root,
    );
  }

  const language = navigator.language.startsWith("ja") ? "ja" : "en";
  document.documentElement.lang = language;
  const texts = textsFor(language);
  const provide = (child: ComponentChild) => (
    <TextsContext.Provider value={texts}>{child}</TextsContext.Provider>
  );
  render(provide(page.loading()), root);
  ora.onView(page.window, (push) => show(page.next(view, push)));
  ora.view(page.window).then(
    // A push that overtook it is newer.
    (first) => view === undefined && show(first),
    () => view === undefined && render(provide(<p class="empty">{texts.general.noView}</p>), root),
  );
}
