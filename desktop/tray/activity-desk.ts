/**
 * The activity of the node for its window: the list as it happens, what was kept of a request, and whether anything is
 * kept at all, which holds for this run of the app over every start of the node.
 */
import { type ActivityEntry, MAX_ACTIVITY_ENTRIES } from "../core/activity/activity-log.ts";
import type { Clock } from "../core/clock.ts";
import type { NodeCore } from "../core/node-core.ts";
import type { ActivityView, RequestDetails } from "../windows/contract/activity-view.ts";
import type { AppView } from "../windows/contract/status-view.ts";
import { ActivityFeed } from "./activity-feed.ts";
import type { DesktopPort } from "./app-ports.ts";
import { capturedSides } from "./views/captured-sides.ts";

export interface ActivityDeskOptions {
  readonly clock: Clock;
  readonly desktop: Pick<DesktopPort, "isOpen" | "push">;
  readonly node: () => NodeCore | undefined;
  readonly app: () => AppView;
}

export class ActivityDesk {
  private readonly options: ActivityDeskOptions;
  private readonly feed: ActivityFeed;
  private captures = false;

  constructor(options: ActivityDeskOptions) {
    this.options = options;
    this.feed = new ActivityFeed({
      clock: options.clock,
      deviceName: (device) => this.deviceName(device),
      push: (changes) => options.desktop.push("activity", changes),
    });
  }

  /** A node has started: it knows nothing of what this run was told, and its list begins anew. */
  begin(): void {
    const { node, desktop } = this.options;
    node()?.activity.captures.turn(this.captures);
    this.feed.follow(undefined);
    if (!desktop.isOpen("activity")) return;
    this.follow();
    this.show();
  }

  /** The window is there. */
  follow(): void {
    this.feed.follow(this.options.node()?.activity);
  }

  /** Nobody looks any more. */
  rest(): void {
    this.feed.follow(undefined);
  }

  /** The app ends: nothing is kept for longer than it runs. */
  end(): void {
    this.rest();
    const log = this.options.node()?.activity;
    log?.captures.turn(false);
    log?.clear();
  }

  /** Keeps headers and bodies from now on, until the app ends; or no more, and forgets what it has. */
  capture(on: boolean): void {
    this.captures = on;
    this.options.node()?.activity.captures.turn(on);
    this.show();
  }

  clear(): void {
    this.options.node()?.activity.clear();
    this.show();
  }

  view(): ActivityView {
    const log = this.options.node()?.activity;
    return {
      ...this.options.app(),
      kind: "whole",
      capture: this.captures,
      capacity: MAX_ACTIVITY_ENTRIES,
      rows: this.feed.rows(log),
    };
  }

  /** The requests with these ids that are still in the list, oldest first. */
  details(ids: ReadonlySet<number>): RequestDetails[] {
    const log = this.options.node()?.activity;
    const entries = log?.list(MAX_ACTIVITY_ENTRIES).filter(({ id }) => ids.has(id)) ?? [];
    return entries.reverse().map((entry: ActivityEntry) => ({
      row: this.feed.row(entry),
      ...capturedSides(log?.captures.get(entry.id)),
    }));
  }

  /** The window's list, whole, again. */
  private show(): void {
    this.options.desktop.push("activity", this.view());
  }

  private deviceName(device: string): string {
    const node = this.options.node();
    const [kind, session] = device.split(":");
    if (kind !== "plaintext") return node?.devices.get(device)?.name ?? device;
    return node?.plaintext.list().find(({ id }) => id === session)?.peer || device;
  }
}
