/** What the boot page shows: that it works, that it stands still and why, or a question. */

export interface Choice {
  readonly text: string;
  readonly href: string;
}

export interface Showing {
  working(title: string): void;
  standing(title: string, advice: string, choices: readonly Choice[]): void;
  asking(
    title: string,
    advice: string,
    answers: { readonly yes: string; readonly no: string },
  ): Promise<boolean>;
}

export function showing(page: Document): Showing {
  const fill = (title: string, advice: string, isStill: boolean, choices: readonly Element[]) => {
    page.title = title;
    page.body.classList.toggle("still", isStill);
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
    working: (title) => fill(title, "", false, []),
    standing: (title, advice, choices) =>
      fill(
        title,
        advice,
        true,
        choices.map((choice) => link(page, choice)),
      ),
    asking: (title, advice, { yes, no }) =>
      new Promise((resolve) => {
        const answers = [
          button(page, no, "second", () => resolve(false)),
          button(page, yes, "", () => resolve(true)),
        ];
        fill(title, advice, true, answers);
      }),
  };
}

function link(page: Document, { text, href }: Choice): Element {
  const element = page.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

function button(page: Document, text: string, kind: string, pressed: () => void): Element {
  const element = page.createElement("button");
  element.type = "button";
  element.className = kind;
  element.textContent = text;
  element.addEventListener("click", pressed);
  return element;
}
