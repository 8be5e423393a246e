/**
 * The headers of an answer as the page is to see them: without what only the PC and the tunnel needed, with addresses
 * of this origin, and with policies that allow our shim. Everything else stays, several of one name included.
 */
import { patchPolicies, type ShimSources } from "./content-policy.ts";
import { pcOfOrigin } from "./pc-of-origin.ts";
import { type HeaderPair, OWN_HEADER_PREFIX } from "./request-headers.ts";
import { type AppPlace, locationHere } from "./url-map.ts";

/** What the worker does with the body. */
export type BodyWork = "gzip" | "deflate" | "none";

export interface ShapedHeaders {
  readonly headers: HeaderPair[];
  /** How the body has to be decoded; undefined when nobody here can. */
  readonly decode: BodyWork | undefined;
  /** Whether this is HTML that a page is made of: the shim goes into it. */
  readonly isPage: boolean;
  /** For the shim's tag. */
  readonly nonce?: string;
}

export interface ShapeOptions {
  readonly place: AppPlace;
  readonly shim: ShimSources;
  /** A document is loaded by it, not a script's data. */
  readonly isNavigation: boolean;
  readonly hasBody: boolean;
}

/** No page of another site may show the app in a frame: the browser asks the relay alone about that otherwise. */
const FRAMES = "frame-ancestors 'self'";
/** Browsers ask no worker for what these show, but the relay; the page's script makes frames of them. */
const OBJECTS = "object-src data: blob:";
/**
 * Where one origin serves all apps, a window that an app opened could outlive it, empty or with what the app wrote into
 * it, and read what the next one stores. So there an app opens none; everything else it may.
 */
const NO_WINDOWS = `sandbox ${[
  "allow-downloads",
  "allow-forms",
  "allow-modals",
  "allow-orientation-lock",
  "allow-pointer-lock",
  "allow-presentation",
  "allow-same-origin",
  "allow-scripts",
  "allow-storage-access-by-user-activation",
  "allow-top-navigation",
  "allow-top-navigation-to-custom-protocols",
].join(" ")}`;
const DROPPED: ReadonlySet<string> = new Set([
  "set-cookie",
  "clear-site-data",
  "report-to",
  "reporting-endpoints",
  "nel",
  "strict-transport-security",
  "service-worker-allowed",
  "alt-svc",
]);
const POLICIES: ReadonlySet<string> = new Set([
  "content-security-policy",
  "content-security-policy-report-only",
]);

export function shapeHeaders(given: readonly HeaderPair[], options: ShapeOptions): ShapedHeaders {
  const { place, shim, isNavigation, hasBody } = options;
  const all = given.map(([name, value]): HeaderPair => [name.toLowerCase(), value]);
  const value = (name: string) => all.find(([each]) => each === name)?.[1] ?? "";
  const decode = hasBody ? decoding(value("content-encoding")) : "none";
  const isPage =
    isNavigation && hasBody && isHtml(value("content-type")) && !isAttachment(value("content-disposition"));
  let nonce: string | undefined;
  const headers = all.flatMap(([name, text]): HeaderPair[] => {
    if (DROPPED.has(name) || name.startsWith(OWN_HEADER_PREFIX)) return [];
    if (name === "content-encoding" && decode !== "none" && decode !== undefined) return [];
    if (name === "content-length" && (isPage || (decode !== "none" && decode !== undefined))) return [];
    if (name === "location" || name === "content-location") return [[name, locationHere(text, place)]];
    if (name === "refresh") return [[name, refreshHere(text, place)]];
    // Without an address of the page the worker could not tell the app's own forms from another site's.
    if (name === "referrer-policy") return [[name, text.replace(/\bno-referrer\b(?!-)/gi, "same-origin")]];
    if (!POLICIES.has(name)) return [[name, text]];
    const patched = patchPolicies(text, shim);
    nonce ??= patched.nonce;
    return patched.policy === "" ? [] : [[name, patched.policy]];
  });
  if (isNavigation) headers.push(["content-security-policy", `${FRAMES}; ${OBJECTS}`]);
  const isShared = pcOfOrigin(new URL(place.origin).host) === undefined;
  if (isNavigation && isShared) headers.push(["content-security-policy", NO_WINDOWS]);
  return { headers, decode, isPage, ...(nonce !== undefined && { nonce }) };
}

function decoding(encoding: string): BodyWork | undefined {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return "none";
  if (name === "gzip" || name === "x-gzip") return "gzip";
  return name === "deflate" ? "deflate" : undefined;
}

function isHtml(type: string): boolean {
  const [essence = "", ...parameters] = type.split(";");
  if (essence.trim().toLowerCase() !== "text/html") return false;
  return !parameters.some((each) => /^\s*charset\s*=\s*"?\s*(utf-?16|ucs-2|unicode|csunicode)/i.test(each));
}

function isAttachment(disposition: string): boolean {
  return /^\s*attachment\b/i.test(disposition);
}

function refreshHere(value: string, place: AppPlace): string {
  return value.replace(/(url\s*=\s*["']?)(.*?)(["']?\s*)$/is, (_, before, url, behind) => {
    return before + locationHere(url, place) + behind;
  });
}
