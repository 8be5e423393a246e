/**
 * The last step of a pairing (protocol section 5): the client has proved itself, and now its owner is asked when he
 * wants to be, and the device is stored. Before that nothing of it is kept anywhere. A child of a paired device is not
 * asked for: whoever could refuse it has let its parent in.
 */
import type { Cancel, Clock } from "../clock.ts";
import type { DeviceRefusal } from "../devices/applicant.ts";
import type { Device } from "../devices/device.ts";
import { cleanName } from "../devices/device-name.ts";
import type { DeviceRegistry } from "../devices/device-registry.ts";

/** How long the owner has to answer. Clients wait 120 s. */
export const DECISION_TIMEOUT_MS = 100_000;
/** Questions at a time. */
export const MAX_QUESTIONS = 8;

/** What the owner sees of who wants in. */
export interface PairingQuestion {
  readonly id: number;
  readonly name: string;
  /** Which program it says it is. */
  readonly client: string;
  readonly via: "link" | "code";
  /** Four digits, the same on the client's screen. */
  readonly checkNumber: string;
}

export interface ConfirmedPairing {
  /** Chosen by the node before. */
  readonly deviceId: string;
  readonly publicKey: Uint8Array;
  readonly routeTokenHash: string;
  readonly name: string;
  readonly client: string;
  readonly via: "link" | "code";
  readonly checkNumber: string;
  readonly parent: string | undefined;
  /** It is to be a web app of its parent's. */
  readonly app?: boolean;
  /** The client has left: nobody is to be asked any more. */
  readonly signal: AbortSignal;
}

export type PairingResult = Device | "refused" | "left" | "busy" | "full" | "not_stored";

/** What became of a question: the owner's answer, none in time, or nobody waits for one any more. */
export type PairingAnswer = "allowed" | "refused" | "late" | "left";

export type PairingEvent =
  | { readonly kind: "question"; readonly question: PairingQuestion }
  /** The question is gone. */
  | { readonly kind: "question_closed"; readonly id: number; readonly answer: PairingAnswer }
  | { readonly kind: "paired"; readonly device: Device; readonly checkNumber: string }
  /** A device opened the web app: a part of it has been stored. */
  | { readonly kind: "app_opened"; readonly device: Device; readonly parent: string }
  /** Turned away: there are as many devices as there may be. */
  | { readonly kind: "devices_full"; readonly name: string }
  | { readonly kind: "not_stored"; readonly name: string; readonly error: unknown };

export interface PairingDeskOptions {
  readonly devices: DeviceRegistry;
  readonly clock: Clock;
  readonly asks: () => boolean;
  readonly event: (event: PairingEvent) => void;
}

interface Open {
  readonly question: PairingQuestion;
  settle(answer: PairingAnswer): void;
}

export class PairingDesk {
  private readonly options: PairingDeskOptions;
  private readonly open = new Map<number, Open>();
  private lastId = 0;

  constructor(options: PairingDeskOptions) {
    this.options = options;
  }

  get questions(): PairingQuestion[] {
    return [...this.open.values()].map(({ question }) => question);
  }

  /** The owner's answer. False when there is no such question any more. */
  decide(id: number, allowed: boolean): boolean {
    const open = this.open.get(id);
    open?.settle(allowed ? "allowed" : "refused");
    return open !== undefined;
  }

  /** Asks if need be, and stores. Never rejects. */
  async confirm(pairing: ConfirmedPairing): Promise<PairingResult> {
    const { devices, asks, event } = this.options;
    const { deviceId, checkNumber, parent } = pairing;
    const name = cleanName(pairing.name);
    // Before the owner is asked for what will not be done.
    const refusal = devices.refusal(pairing);
    if (refusal !== undefined) return this.turnAway(refusal, name);
    if (asks() && parent === undefined) {
      if (this.open.size >= MAX_QUESTIONS) return "busy";
      const answer = await this.ask({ ...pairing, name });
      if (answer !== "allowed") return answer === "left" ? "left" : "refused";
    }
    try {
      const { publicKey, routeTokenHash, app } = pairing;
      const stored = await devices.add(deviceId, {
        publicKey,
        name,
        routeTokenHash,
        ...(parent !== undefined && { parent }),
        ...(app === true && { app }),
      });
      if (typeof stored === "string") return this.turnAway(stored, name);
      if (stored.app === true && parent !== undefined) event({ kind: "app_opened", device: stored, parent });
      else event({ kind: "paired", device: stored, checkNumber });
      return stored;
    } catch (error) {
      event({ kind: "not_stored", name, error });
      return "not_stored";
    }
  }

  /** Its owner can make room; of everything else the device hears no more than that it is refused. */
  private turnAway(refusal: DeviceRefusal, name: string): PairingResult {
    if (refusal !== "full") return "refused";
    this.options.event({ kind: "devices_full", name });
    return "full";
  }

  private ask({ name, client, via, checkNumber, signal }: ConfirmedPairing): Promise<PairingAnswer> {
    const { clock, event } = this.options;
    this.lastId += 1;
    const question: PairingQuestion = { id: this.lastId, name, client, via, checkNumber };
    return new Promise((resolve) => {
      let cancel: Cancel = () => undefined;
      const settle = (answer: PairingAnswer) => {
        if (!this.open.delete(question.id)) return;
        cancel();
        signal.removeEventListener("abort", left);
        event({ kind: "question_closed", id: question.id, answer });
        resolve(answer);
      };
      const left = () => settle("left");
      cancel = clock.after(DECISION_TIMEOUT_MS, () => settle("late"));
      signal.addEventListener("abort", left);
      this.open.set(question.id, { question, settle });
      if (signal.aborted) left();
      else event({ kind: "question", question });
    });
  }
}
