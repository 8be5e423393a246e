/** Whether a host name can only mean this machine. Names that DNS decides are never loopback, whatever they answer. */

/** `hostname` as `URL` gives it: lower case, IPv4 in four decimal parts, IPv6 in brackets. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  // Names below it are loopback to browsers; the system may ask DNS for them.
  if (host === "localhost") return true;
  if (host === "[::1]" || host === "::1") return true;
  return /^127(\.\d{1,3}){3}$/.test(host);
}
