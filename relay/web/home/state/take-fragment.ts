/** Takes a pairing link's fragment: out of the address bar, and out of wherever the page's first script left it. */

/** What the page's first script leaves (index.html). */
interface Opened {
  openedFragment?: unknown;
}

/** The fragment with its `#`, or an empty text. The second call gives an empty text. */
export function takeFragment(window: Window): string {
  const { location, history } = window;
  const holder = window as Window & Opened;
  const left = typeof holder.openedFragment === "string" ? holder.openedFragment : "";
  const { hash } = location;
  if (hash !== "") history.replaceState(history.state, "", location.pathname);
  delete holder.openedFragment;
  return hash === "" ? left : hash;
}
