/**
 * What this node's relay is called. Links and codes lead to the address that the owner set, never to one that the
 * relay claims: whoever serves that address gets a page of its own onto the phone that scans the code. What the relay
 * says counts against it alone: a relay with a public name is not for this machine only.
 */
import { parseRelayUrl } from "#shared/protocol/relay-url.ts";
import { isLoopbackHost, relayHost } from "#shared/protocol/v2/relay-host.ts";
import type { Welcome } from "#shared/protocol/v2/relay-messages.ts";
import type { NodeConfig } from "./config.ts";

export interface RelayNamingOptions {
  readonly config: Pick<NodeConfig, "relayUrl" | "relayPublicUrl">;
  /** Told once: the relay calls itself `url`, and links lead elsewhere. */
  readonly namedOtherwise: (url: string) => void;
}

export class RelayNaming {
  /** Where browsers find the relay, its base path included. */
  readonly origin: string;
  private readonly options: RelayNamingOptions;
  private saysPublic = false;
  private hasTold = false;

  constructor(options: RelayNamingOptions) {
    this.options = options;
    const { relayPublicUrl, relayUrl } = options.config;
    this.origin = relayPublicUrl ?? parseRelayUrl(relayUrl.href) ?? "";
  }

  /** What the relay says on connecting; undefined from a relay of version 1. */
  heard(welcome: Welcome | undefined): void {
    const url = welcome?.public_url;
    this.saysPublic = url !== undefined || welcome?.public_url_unusable === true;
    if (url === undefined || url === this.origin || this.hasTold) return;
    this.hasTold = true;
    this.options.namedOtherwise(url);
  }

  /** Only programs of this machine reach it, as far as its address and its own word go. */
  get isOfThisMachine(): boolean {
    return isLoopbackHost(relayHost(this.options.config.relayUrl) ?? "") && !this.saysPublic;
  }
}
