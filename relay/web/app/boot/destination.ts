/**
 * What the address of the boot page says: a link to pair by, and where to go afterwards. At an address of the app itself
 * (a first visit, a worker that is gone) that address is where to go.
 */
import { RESERVED_PREFIX } from "../rewrite/url-map.ts";

export interface Destination {
  /** `#P2.…`, a secret that works once. */
  readonly offer: string | undefined;
  /** Path, query and fragment within this origin. */
  readonly path: string;
  /** Whether the page stands at `path` already. */
  readonly isHere: boolean;
}

/** In the fragment of `/~ora/boot`: nothing, an offer, a path, or an offer with a path behind it. */
const FRAGMENT = /^#(P2(?:\.[0-9A-Za-z]+){3})?(\/(?!\/).*)?$/s;

export function destinationOf({
  pathname,
  search,
  hash,
}: Pick<Location, "pathname" | "search" | "hash">): Destination {
  if (!pathname.startsWith(RESERVED_PREFIX)) {
    return { offer: undefined, path: pathname + search + hash, isHere: true };
  }
  const [, offer, path = "/"] = FRAGMENT.exec(hash) ?? [];
  const isOwn = !path.startsWith(RESERVED_PREFIX) && !path.includes("\\");
  return { offer: offer && `#${offer}`, path: isOwn ? path : "/", isHere: false };
}
