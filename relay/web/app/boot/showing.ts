/**
 * What the boot page shows: that it works, that it stands still and why, or a question. The ring on the page and on its
 * tab says the same.
 */
import { guardPress } from "#shared/looks/guard-press.ts";
import { ringIcon } from "#shared/looks/ring-icon.ts";
import { RING_OUTLINES } from "#shared/looks/ring-outlines.ts";
import type { RingState } from "#shared/looks/ring-state.ts";

export interface Choice {
  readonly text: string;
  readonly href: string;
}

export interface Showing {
  working(title: string): void;
  standing(title: string, advice: string, choices: readonly Choice[]): void;
  /** A yes counts only once the question could be seen. */
  asking(
    title: string,
    advice: string,
    answers: { readonly yes: string; readonly no: string },
  ): Promise<boolean>;
}

export function showing(page: Document): Showing {
  const fill = (title: string, advice: string, ring: RingState, choices: readonly Element[]) => {
    page.title = title;
    showRing(page, ring);
    for (const [selector, text] of [
      ["h1", title],
      ["p", advice],
    ] as const) {
      const element = page.querySelector(selector);
      if (element !== null) element.textContent = text;
    }
    page.querySelector(".choices")?.replaceChildren(...choices);
  };
  return {
    working: (title) => fill(title, "", "connecting", []),
    standing: (title, advice, choices) =>
      fill(
        title,
        advice,
        "attention",
        choices.map((choice) => link(page, choice)),
      ),
    asking: (title, advice, { yes, no }) =>
      new Promise((resolve) => {
        const accept = button(page, yes, "", () => resolve(true));
        fill(title, advice, "attention", [button(page, no, "second", () => resolve(false)), accept]);
        guardPress(accept, (isUnsettled) => accept.setAttribute("aria-disabled", String(isUnsettled)));
      }),
  };
}

function showRing(page: Document, ring: RingState): void {
  const mark = page.querySelector(".mark");
  mark?.setAttribute("class", `mark mark-${ring}`);
  mark?.querySelector("path")?.setAttribute("d", RING_OUTLINES[ring]);
  page.querySelector('link[rel="icon"]')?.setAttribute("href", ringIcon(ring));
}

function link(page: Document, { text, href }: Choice): Element {
  const element = page.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

function button(page: Document, text: string, kind: string, pressed: () => void): HTMLElement {
  const element = page.createElement("button");
  element.type = "button";
  element.className = kind;
  element.textContent = text;
  element.addEventListener("click", pressed);
  return element;
}
