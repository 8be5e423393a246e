/**
 * Puts our script in front of a worker's own, in the same line, so that errors keep their line numbers. A directive
 * (`"use strict"`) counts only at the beginning, so a copy of it goes before everything. Works for classic scripts and
 * modules alike.
 */

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** How far a directive is looked for behind comments, in bytes. */
const LOOKED_AT_BYTES = 4_096;
const DIRECTIVE = /^(?:\s|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*(["'])use strict\1/;

export function prefixScript(prefix: string): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  const give = (controller: TransformStreamDefaultController<Uint8Array>) => {
    if (held === undefined) return;
    const isMarked = BYTE_ORDER_MARK.every((byte, at) => held?.[at] === byte);
    const body = isMarked ? held.subarray(BYTE_ORDER_MARK.length) : held;
    const beginning = new TextDecoder().decode(body.subarray(0, LOOKED_AT_BYTES));
    const directive = DIRECTIVE.test(beginning) ? '"use strict";' : "";
    controller.enqueue(new TextEncoder().encode(directive + prefix));
    controller.enqueue(body);
    held = undefined;
  };
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (held === undefined) {
        controller.enqueue(chunk);
        return;
      }
      const both = new Uint8Array(held.length + chunk.length);
      both.set(held);
      both.set(chunk, held.length);
      held = both;
      if (held.length >= LOOKED_AT_BYTES) give(controller);
    },
    flush: give,
  });
}
