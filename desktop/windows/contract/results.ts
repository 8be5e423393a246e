/** What the main process answers to commands. Refusals are codes; the windows' texts have the sentence for each. */
import type { RequestDetails } from "./activity-view.ts";
import type { CommandName } from "./command-names.ts";

export type Problem =
  /** The command was not understood. */
  | "bad_command"
  /** What it is about is no longer there. */
  | "gone"
  | "failed"
  // Where settings rest.
  | "keychain_missing"
  | "keychain_locked"
  | "keychain_failed"
  // Beside a field.
  | "empty"
  | "too_long"
  | "bad_characters"
  | "bad_relay_url"
  | "relay_not_encrypted"
  | "bad_api_url"
  | "api_not_local"
  | "bad_number"
  | "bad_proxy_url"
  | "socks_proxy"
  | "bad_enroll_key"
  | "bad_prefix"
  | "bad_method"
  | "unknown_device"
  | "too_many"
  | "bad_header_name"
  | "reserved_header"
  | "bad_header_value";

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** The hops of a test, in their order. */
export const RELAY_HOPS = ["name", "tcp", "tls", "relay", "node"] as const;
export type RelayHop = (typeof RELAY_HOPS)[number];

export interface RelayTest {
  /** `skipped`: does not apply (no TLS on a plain address), or an earlier one failed. */
  readonly hops: readonly { readonly hop: RelayHop; readonly state: "ok" | "failed" | "skipped" }[];
  /** Protocols the relay speaks, when it said so. */
  readonly protocol?: string;
  /** Whole round trip, when all went well. */
  readonly ms?: number;
  /** A status or the system's error code. Never text from the other side. */
  readonly detail?: string;
}

export type ApiTest =
  | { readonly answered: true; readonly status: number; readonly ms: number }
  | { readonly answered: false; readonly because: "refused" | "timeout" | "tls" | "not_http" };

export interface FoundApi {
  readonly url: string;
  /** What it says it is (`Server` or a page's title), cut; untrusted. */
  readonly label?: string;
}

export type AccessAnswer =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly reason:
        | "read_only"
        | "denied_by_rule"
        | "not_allowed"
        | "ambiguous_path"
        | "method_override"
        | "rules_damaged";
    };

export interface UpdateAnswer {
  /** Absent: this is the newest. */
  readonly newerVersion?: string;
}

interface SpecialValues {
  readonly activityDetails: RequestDetails;
  /** `saved` is false when the owner closed the dialog. */
  readonly exportHar: { readonly saved: boolean };
  readonly testRelay: RelayTest;
  readonly detectApis: readonly FoundApi[];
  readonly testApi: ApiTest;
  readonly wouldAllow: AccessAnswer;
  readonly checkForUpdate: UpdateAnswer;
}

/** What a command comes to when it works. */
export type CommandValue<Name extends CommandName> = Name extends keyof SpecialValues
  ? SpecialValues[Name]
  : undefined;
