/**
 * Between the addresses that an app uses for itself on its PC (`http://127.0.0.1:8000`) and the ones it has here. Only
 * addresses of the app itself are changed; everything else is somebody else's and stays.
 */

/** Where the app believes to be, as the PC says, and where it is in this browser. */
export interface AppPlace {
  /** This origin. */
  readonly origin: string;
  /** What the app calls its own origin; the first is the one that it is asked by. Never empty. */
  readonly aliases: readonly string[];
  /** The path below which it lies on the PC: empty, or with a slash before and none behind. */
  readonly basePath: string;
}

/** Everything below is the relay's own, on every app origin. */
export const RESERVED_PREFIX = "/~ora/";

/** The same address here, for one of the app on its PC; undefined for any other. */
export function addressHere(address: string, { origin, aliases, basePath }: AppPlace): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!aliases.includes(url.origin)) return undefined;
  const path = withoutBase(url.pathname, basePath);
  return path === undefined ? undefined : `${origin}${path}${url.search}${url.hash}`;
}

/** Path and query to ask the PC for, for an address of this origin or an alias of it; undefined for any other. */
export function tunnelPath(address: string, place: AppPlace): string | undefined {
  const here = addressHere(address, place) ?? address;
  if (!URL.canParse(here)) return undefined;
  const url = new URL(here);
  return url.origin === place.origin ? url.pathname + url.search : undefined;
}

/** How the app itself writes an address of this origin: for Referer. Others stay. */
export function addressThere(address: string, { origin, aliases, basePath }: AppPlace): string {
  if (address !== origin && !address.startsWith(`${origin}/`)) return address;
  return `${aliases[0]}${basePath}${address.slice(origin.length)}`;
}

/** A `Location` as the API sent it, for this browser: relative ones stay as they are, but for the base path. */
export function locationHere(location: string, place: AppPlace): string {
  const here = addressHere(location, place);
  if (here !== undefined) return here;
  if (place.basePath === "" || !location.startsWith("/") || location.startsWith("//")) return location;
  const [path = "", ...rest] = location.split(/(?=[?#])/);
  return (withoutBase(path, place.basePath) ?? path) + rest.join("");
}

function withoutBase(path: string, basePath: string): string | undefined {
  if (basePath === "") return path;
  if (path === basePath) return "/";
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}
