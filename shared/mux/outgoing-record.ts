/**
 * The record that is being built, with the two limits that frames meet: those that cost no credit may fill it;
 * once it carries DATA or WS its full padded length is charged to the channel, so it may only be as long as the
 * channel credit reaches.
 */
import { bucketWithin, MAX_RECORD_BYTES } from "./padme.ts";
import { RecordBuilder } from "./record-builder.ts";
import type { SendCredit } from "./send-credit.ts";

/** What a sender could do with the record it was offered. */
export type Emitted =
  /** It has nothing (more) to send now, or waits for its own credit. */
  | "idle"
  /** It used the record's room and has more. */
  | "more"
  /** The room was too small to begin: it wants the next record. */
  | "full"
  /** It waits for channel credit. */
  | "blocked";

export class OutgoingRecord {
  private readonly builder: RecordBuilder;
  private readonly channel: SendCredit;
  private isCharged = false;
  private chargeableBytes = 0;

  /** `reuses`: a record is done with when the next one is begun. */
  constructor(channel: SendCredit, reuses: boolean) {
    this.channel = channel;
    this.builder = new RecordBuilder(reuses);
  }

  get isEmpty(): boolean {
    return this.builder.length === 0;
  }

  /** The longest payload of a frame that costs no credit; negative when none fits. */
  get freeRoom(): number {
    return this.builder.room(this.isCharged ? this.chargeableBytes : MAX_RECORD_BYTES);
  }

  /** The longest payload of a DATA or WS frame; negative when none fits. */
  get chargedRoom(): number {
    if (!this.isCharged) this.chargeableBytes = bucketWithin(this.channel.available);
    return this.builder.room(this.chargeableBytes);
  }

  /** Adds a frame that costs no credit. */
  add(type: number, stream: number, payload: Uint8Array): void {
    this.builder.add(type, stream, payload);
  }

  /** Begins a DATA or WS frame; `append` follows, then `finish`. */
  begin(type: number, stream: number): RecordBuilder {
    this.isCharged = true;
    this.builder.begin(type, stream);
    return this.builder;
  }

  /** The finished plaintext, charged where it has to be. */
  take(): Uint8Array {
    const record = this.builder.take();
    if (this.isCharged) this.channel.spend(record.length);
    this.isCharged = false;
    return record;
  }
}
