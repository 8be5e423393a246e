/**
 * Keeps a button from being pressed by somebody who meant something else: a press counts only once the button has stood
 * where it is, in a window that has the focus, for as long as it takes to see it. A page can be laid under a double
 * click meant for another one, a scene can come up under a finger, and what stands above can push a button there. The
 * same holds for keys: one that was down before is no answer.
 */

/** How long it has to stand still. Longer than a double click takes, shorter than it takes to read. Milliseconds. */
export const SETTLE_MS = 600;
/** How often its place is looked at. Milliseconds. */
const LOOK_MS = 100;

/**
 * Guards `button` from now on, and tells whether it is unsettled: it is to be told as disabled then. What is called ends
 * it.
 */
export function guardPress(button: HTMLElement, changed: (isUnsettled: boolean) => void): () => void {
  const page = button.ownerDocument;
  const { defaultView: window } = page;
  if (window === null) return () => undefined;
  const clock = window.performance;
  let since = clock.now();
  let isSettled = false;
  let place = placeOf(button, window);
  /** Whether the press that is going on began when it might; undefined: there is none, as when a screen reader presses. */
  let began: boolean | undefined;

  const unsettle = () => {
    since = clock.now();
    if (isSettled) changed(true);
    isSettled = false;
  };
  const look = () => {
    const now = placeOf(button, window);
    if (now !== place) {
      place = now;
      unsettle();
    } else if (page.hidden) since = clock.now();
    else if (!isSettled && clock.now() - since >= SETTLE_MS) {
      isSettled = true;
      changed(false);
    }
  };
  const mayBegin = () => {
    look();
    return isSettled;
  };
  const pressed = () => {
    began = mayBegin();
  };
  const keyed = ({ repeat }: KeyboardEvent) => {
    began = repeat ? (began ?? false) : mayBegin();
  };
  const clicked = (event: Event) => {
    const isMeant = mayBegin() && began !== false;
    began = undefined;
    if (isMeant) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  changed(true);
  const timer = window.setInterval(look, LOOK_MS);
  button.addEventListener("pointerdown", pressed, true);
  button.addEventListener("keydown", keyed, true);
  button.addEventListener("click", clicked, true);
  window.addEventListener("focus", unsettle);
  window.addEventListener("pageshow", unsettle);
  page.addEventListener("visibilitychange", unsettle);
  return () => {
    window.clearInterval(timer);
    button.removeEventListener("pointerdown", pressed, true);
    button.removeEventListener("keydown", keyed, true);
    button.removeEventListener("click", clicked, true);
    window.removeEventListener("focus", unsettle);
    window.removeEventListener("pageshow", unsettle);
    page.removeEventListener("visibilitychange", unsettle);
  };
}

/** Where it stands on the page: whoever scrolls moves it under no finger. */
function placeOf(button: HTMLElement, { scrollX, scrollY }: Window): string {
  const { left, top, width, height } = button.getBoundingClientRect();
  return [left + scrollX, top + scrollY, width, height].map(Math.round).join();
}
