/**
 * The rule book of a running node. A rule that may forbid something holds for what is under way too: the devices it
 * concerns come again on new channels, so that no open WebSocket or download outlives it, and requests of plaintext
 * clients are looked at anew.
 */
import type { Slots } from "#shared/slots.ts";
import type { Device } from "../devices/device.ts";
import { type AccessRule, PLAINTEXT_DEVICE } from "./rule.ts";
import type { RuleBook } from "./rule-book.ts";

export interface RulesInForceOptions {
  readonly book: RuleBook;
  readonly devices: { family(id: string): readonly Device[] };
  readonly channels: {
    /** Devices that are here now. */
    connected(): string[];
    restart(device: string): void;
  };
  /** Requests of plaintext clients under way; each looks at the rules again when it is called. */
  readonly plaintextCalls: Pick<Slots<() => void>, "all">;
}

export function rulesInForce({ book, devices, channels, plaintextCalls }: RulesInForceOptions): RuleBook {
  function enforce({ device }: Pick<AccessRule, "device">): void {
    const concerned =
      device === undefined ? channels.connected() : devices.family(device).map(({ id }) => id);
    for (const id of concerned) channels.restart(id);
    if (device === undefined || device === PLAINTEXT_DEVICE) {
      for (const lookAgain of plaintextCalls.all()) lookAgain();
    }
  }

  return {
    get damaged() {
      return book.damaged;
    },
    get rules() {
      return book.rules;
    },
    list: () => book.list(),
    async add(rule) {
      const before = book.rules;
      const number = await book.add(rule);
      // An equal rule was there already.
      if (book.rules !== before) enforce(rule);
      return number;
    },
    async remove(number) {
      const removed = book.list().find((one) => one.number === number)?.rule;
      const wasThere = await book.remove(number);
      // Without a deny rule, or one that could not be read, nothing is forbidden that was allowed.
      if (wasThere && removed?.effect === "allow") enforce(removed);
      return wasThere;
    },
  };
}
