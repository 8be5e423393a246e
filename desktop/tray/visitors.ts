/**
 * Who asked to be let in and who was, while the owner looks: when each question came, who can still be thrown out with one
 * press, and what is announced. A relay that makes things up can fill neither the list nor the screen.
 */
import type { CoreEvent } from "../core/node-event.ts";
import type { PairedView } from "../windows/contract/pairing-view.ts";
import type { Announcement } from "./app-ports.ts";
import { announcementOf } from "./news.ts";
import type { TrayTexts } from "./texts/texts.ts";

const MAX_PAIRED_SHOWN = 8;
/** Announcements until the next `minute`. */
export const MAX_NEWS_PER_MINUTE = 12;

export interface VisitorsOptions {
  readonly now: () => number;
  readonly texts: () => TrayTexts;
  readonly announce: (announcement: Announcement) => void;
  readonly undo: (device: string) => void;
  readonly open: (window: "pairing" | "devices") => void;
}

export class Visitors {
  /** When each open question came, by its id. */
  readonly asked = new Map<number, number>();
  private readonly options: VisitorsOptions;
  private list: readonly PairedView[] = [];
  private newsThisMinute = 0;

  constructor(options: VisitorsOptions) {
    this.options = options;
  }

  /** Who was let in and not dismissed, the newest first. */
  get paired(): readonly PairedView[] {
    return this.list;
  }

  dismiss(device: string): void {
    this.list = this.list.filter((one) => one.device !== device);
  }

  dismissAll(): void {
    this.list = [];
  }

  /** A minute has passed. */
  minute(): void {
    this.newsThisMinute = 0;
  }

  heard(event: CoreEvent): void {
    const { now, texts, announce, undo, open } = this.options;
    if (event.kind === "question") {
      this.asked.set(event.question.id, now());
      open("pairing");
    }
    if (event.kind === "question_closed") this.asked.delete(event.id);
    if (event.kind === "paired") {
      const { id, name } = event.device;
      const paired = { device: id, name, checkNumber: event.checkNumber };
      this.list = [paired, ...this.list].slice(0, MAX_PAIRED_SHOWN);
    }
    const { notify } = texts();
    const news = announcementOf(event, notify);
    if (news === undefined || this.newsThisMinute >= MAX_NEWS_PER_MINUTE) return;
    this.newsThisMinute += 1;
    const { undo: device, opens, title, body } = news;
    announce({
      title,
      body,
      ...(device !== undefined && { action: { label: notify.undo, run: () => undo(device) } }),
      clicked: () => open(opens),
    });
  }
}
