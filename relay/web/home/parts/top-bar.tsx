/** The line at the top: on the list the ring and the way to add a PC, elsewhere the way back and where one is. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Mark } from "#shared/looks/mark.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";

export function ListBar({ isEmpty }: { readonly isEmpty: boolean }) {
  const texts = useTexts();
  const acts = useActs();
  return (
    <header class="top-bar">
      <h1 class="brand">
        <Mark state="connected" size={22} />
        {texts.title}
      </h1>
      {!isEmpty && <Button press={() => acts.add()}>{texts.list.add}</Button>}
    </header>
  );
}

export function SceneBar({ title }: { readonly title: ComponentChildren }) {
  const texts = useTexts();
  const acts = useActs();
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever cannot see the change of scene hears it.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <header class="top-bar">
      <button type="button" class="back" aria-label={texts.back} onClick={() => acts.back()}>
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
          <path d="M15 4L7 12L15 20" />
        </svg>
      </button>
      <h1 ref={heading} class="scene-title" tabIndex={-1}>
        {title}
      </h1>
    </header>
  );
}
