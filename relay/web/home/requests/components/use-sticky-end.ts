/**
 * Keeps the end of a growing list in sight as long as its reader is there. Whoever has scrolled up reads in peace, and
 * comes back by scrolling down again or by a button.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** A thumb does not hit the very end. */
const NEAR_PX = 24;

export function useStickyEnd(grown: unknown) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = () => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (isAtEnd) toEnd();
  }, [grown, isAtEnd]);
  return {
    box,
    isAtEnd,
    toEnd: () => setAtEnd(true),
    onScroll: () => {
      const element = box.current;
      if (element === null) return;
      setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX);
    },
  };
}
