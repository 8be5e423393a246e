/**
 * The ways in which a request's headers and path ask a framework to carry out another method than the request line
 * says. Rules and read only look at that line, so where methods matter such a request is refused. Bodies, where some
 * frameworks look for `_method` as well, pass unread.
 */
import { headerSpelling } from "../header-spelling.ts";

const OVERRIDE_HEADERS = new Set(["x-http-method-override", "x-http-method", "x-method-override"]);
/** As frameworks come to call it: PHP makes `_` of a dot, drops spaces before, and cuts at `[` and NUL. */
const OVERRIDE_PARAMETER = /^[\s+]*[_.]method\s*(?:$|[[\0])/i;
/** Once is what servers do; more is for those behind another one. */
const MAX_DECODINGS = 4;

/** Whether a header, or a parameter of the path's query, names another method. */
export function asksForAnotherMethod(headerNames: readonly string[], path: string): boolean {
  if (headerNames.some((name) => OVERRIDE_HEADERS.has(headerSpelling(name)))) return true;
  const at = path.indexOf("?");
  return (
    at !== -1 &&
    path
      .slice(at + 1)
      .split(/[&;?]/)
      .some(isOverride)
  );
}

function isOverride(parameter: string): boolean {
  let name = parameter.split("=", 1)[0] ?? "";
  for (let times = 0; times < MAX_DECODINGS; times++) {
    // Byte by byte: a broken escape beside it must not hide the name.
    name = name.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return OVERRIDE_PARAMETER.test(name);
}
