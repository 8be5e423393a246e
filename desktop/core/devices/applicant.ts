/** Who becomes a device, and why somebody does not. */

/** Who wants in, as far as it decides whether he may. */
export interface Applicant {
  readonly publicKey: Uint8Array;
  readonly parent?: string | undefined;
}

export interface NewDevice extends Applicant {
  /** As the device calls itself; it is cleaned here. */
  readonly name: string;
  readonly routeTokenHash: string;
  /** It is a web app of its parent's. */
  readonly app?: boolean;
}

/** Why a device is not taken. */
export type DeviceRefusal =
  /** There are as many as there may be. */
  | "full"
  /** Whoever let it in is out by now. */
  | "parent_gone"
  /** Whoever let it in may let nobody in: it is of the last generation, or a web app. */
  | "too_deep"
  /** A device has this key. */
  | "known_key";
