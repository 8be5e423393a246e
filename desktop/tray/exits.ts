/**
 * Throwing out: one device, the one that was just let in, a session that is not encrypted, everybody. Nobody is asked here;
 * whoever asks for it has asked. What the store does not take is told, and the device is out all the same.
 */
import type { NodeCore } from "../core/node-core.ts";
import type { DesktopPort } from "./app-ports.ts";
import type { AppEvent } from "./app-state.ts";
import type { TrayTexts } from "./texts/texts.ts";
import type { Visitors } from "./visitors.ts";

export interface ExitsOptions {
  readonly node: () => NodeCore | undefined;
  readonly texts: () => TrayTexts;
  readonly desktop: Pick<DesktopPort, "announce">;
  readonly visitors: Visitors;
  readonly dispatch: (event: AppEvent) => void;
  /** Something at the node has changed. */
  readonly changed: () => void;
}

export class Exits {
  private readonly options: ExitsOptions;

  constructor(options: ExitsOptions) {
    this.options = options;
  }

  /** False when there is no such device. */
  revoke(device: string): boolean {
    const { dispatch, visitors, changed } = this.options;
    const node = this.options.node();
    if (node === undefined) return false;
    const { removed, stored } = node.revoke(device);
    stored.catch((error: unknown) => dispatch({ kind: "core", event: { kind: "store_failed", error } }));
    visitors.dismiss(device);
    changed();
    return removed.length > 0;
  }

  /** As `revoke`, and says that it is done: the notification that offered it is gone. */
  undoPairing(device: string): boolean {
    const { node, texts, desktop } = this.options;
    const name = node()?.devices.get(device)?.name;
    if (!this.revoke(device) || name === undefined) return false;
    const { undone, undoneBody } = texts().notify;
    desktop.announce({ title: undone(name), body: undoneBody });
    return true;
  }

  /** Of a client that is not encrypted. False when there is no such session. */
  revokeSession(session: string): boolean {
    const node = this.options.node();
    if (node?.plaintext.list().some(({ id }) => id === session) !== true) return false;
    node.revokePlaintext(session);
    this.options.changed();
    return true;
  }

  /** @throws {SecretsError} when that does not outlive this process */
  async revokeAll(): Promise<void> {
    const all = this.options.node()?.revokeAll();
    this.options.visitors.dismissAll();
    this.options.changed();
    await all?.stored;
  }
}
