/** `ora-node pair`: fresh codes from the running node, or the answer to a device that wants in. */
import { EXIT } from "#shared/config/exit-code.ts";
import { offerLines, type QrStyle } from "../offer-lines.ts";
import { type Command, type CommandContext, misused } from "./command.ts";

/** The relay has to take the fresh offers first. */
const OFFER_TIMEOUT_MS = 5_000;
const LOOK_MS = 50;

export const pairCommand: Command = {
  name: "pair",
  usage: "[--plain] | [--allow [NUMBER] | --refuse [NUMBER]]",
  summary: "show fresh codes; or let in, or not, a device that waits for you",
  needsNode: true,
  withoutTerminal: ["pair", "--plain"],
  async run(context) {
    const { args, target, print } = context;
    const [word, number, ...tooMuch] = args;
    const { live } = target;
    if (live === undefined) return EXIT.FAILED;
    if (word === undefined) return showFresh(context, "colour");
    if (word === "--plain" && number === undefined) return showFresh(context, "plain");
    if ((word !== "--allow" && word !== "--refuse") || tooMuch.length > 0)
      return misused(pairCommand, context);
    const waiting = live.desk.questions;
    const [first] = waiting;
    if (first === undefined) {
      print("no device is waiting");
      return EXIT.FAILED;
    }
    if (number === undefined && waiting.length > 1) {
      print("several devices are waiting; say which:");
      for (const { id, name, checkNumber } of waiting) print(`  ${id}  ${name}, check number ${checkNumber}`);
      return EXIT.FAILED;
    }
    const id = number === undefined ? first.id : Number(number);
    const name = waiting.find((question) => question.id === id)?.name;
    if (name === undefined || !live.desk.decide(id, word === "--allow")) {
      print("that device is not waiting any more");
      return EXIT.FAILED;
    }
    print(word === "--allow" ? `${name} is let in` : `${name} is turned away`);
    return EXIT.OK;
  },
};

async function showFresh({ target, print, names, signal }: CommandContext, qr: QrStyle): Promise<number> {
  const { live, now } = target;
  if (live === undefined) return EXIT.FAILED;
  if (live.relayState.kind !== "connected") {
    print("this PC is not connected to the relay; codes work once it is");
    return EXIT.FAILED;
  }
  live.newCode();
  const deadline = now() + OFFER_TIMEOUT_MS;
  while (
    now() < deadline &&
    !signal.aborted &&
    (live.offerView.typed === undefined || live.pairingLink === undefined)
  ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const { offerView: view, pairingLink: link, relayOrigin: relay } = live;
  const lines = await offerLines({ view, link, relay, now: now(), qr, names });
  if (lines.length === 0) {
    print("the relay has not taken the codes; try again");
    return EXIT.FAILED;
  }
  for (const line of lines) print(line);
  return EXIT.OK;
}
