/** A name from outside: isolated, on one line, its ends in sight; whole when it is pointed at or focused. */
import { nameParts } from "./shorten-middle.ts";

export function Name({ text, focusable = true }: { readonly text: string; readonly focusable?: boolean }) {
  const { head, tail } = nameParts(text);
  if (tail === "") return <bdi class="name name-short">{head}</bdi>;
  return (
    <bdi class="name name-long" title={head + tail} tabIndex={focusable ? 0 : undefined}>
      <span class="name-head">{head}</span>
      <span class="name-tail">{tail}</span>
    </bdi>
  );
}
