/** The guard against presses that were meant for something else, for a button that is drawn. */
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { guardPress } from "./guard-press.ts";

/** Whether it is unsettled: to be told as disabled. A button that is busy begins anew when it is not any more. */
export function useGuardedPress(button: RefObject<HTMLElement | null>, isOn: boolean): boolean {
  const [isUnsettled, setUnsettled] = useState(isOn);
  useLayoutEffect(() => {
    if (!isOn || button.current === null) {
      setUnsettled(false);
      return undefined;
    }
    return guardPress(button.current, setUnsettled);
  }, [isOn, button]);
  return isOn && isUnsettled;
}
