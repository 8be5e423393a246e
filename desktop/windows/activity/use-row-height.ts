/** A row's height: one line where there is room, two in a narrow window. The same numbers stand in activity.css. */
import { useEffect, useState } from "preact/hooks";

const WIDE_PX = 36;
const NARROW_PX = 58;
const NARROW = "(max-width: 700px)";

export function useRowHeight(): number {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const changed = () => setNarrow(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return isNarrow ? NARROW_PX : WIDE_PX;
}
