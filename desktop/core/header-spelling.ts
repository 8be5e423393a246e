/**
 * Header names as programs behind CGI, WSGI and PHP tell them apart: they make a variable of each name, in which case
 * is lost and every character but letters and digits is the same. Whoever looks for a header that matters looks for it
 * by this spelling, so that none gets past under another one.
 */

/** `X_Forwarded.For` is `x-forwarded-for`. */
export function headerSpelling(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "-");
}
