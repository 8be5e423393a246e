/** A failure between instances. It names no key, address or message. */
export type ClusterErrorCode = "cluster_unreachable" | "cluster_bad_settings";

export class ClusterError extends Error {
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ClusterError";
    this.code = code;
  }
}
