/**
 * Devices that come and go while all else happens: paired by a fresh link, put to work, thrown out by the owner in the
 * middle of it. From the owner's word on nothing of theirs may be answered.
 */
import type { RelaySession } from "#shared/client/relay-client.ts";
import { pairDevice } from "../support/device.ts";
import { sessionCaller } from "./callers/session-caller.ts";
import type { Installation } from "./installation.ts";
import { small } from "./jobs/bodies.ts";
import { events } from "./jobs/events.ts";
import { carryOut, type JobContext } from "./jobs/job.ts";
import { type Tally, wordOf } from "./tally.ts";

const STAY_MS = 2_000;
const REVOKED_WITHIN_MS = 120_000;
const LOOK_MS = 50;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface GuestOptions {
  readonly installation: Installation;
  readonly tally: Tally;
  readonly context: (name: string) => Omit<JobContext, "progress" | "caller">;
  readonly name: string;
}

/** One guest, from its pairing to its end. */
export async function entertain(options: GuestOptions): Promise<void> {
  const { tally, name } = options;
  tally.began("pairing");
  let session: RelaySession;
  try {
    session = await arrive(options);
  } catch (error) {
    tally.ended("pairing", { kind: "told", word: wordOf(error) });
    return;
  }
  tally.ended("pairing", { kind: "right", bytes: 0 });
  const caller = sessionCaller(name, session);
  const context = () => ({ ...options.context(name), caller });
  const listening = carryOut(events, context());
  tally.ended("guest", await carryOut(small, context()));
  await pause(STAY_MS);
  tally.began("revocation");
  try {
    await throwOut(options);
  } catch (error) {
    tally.ended("revocation", { kind: "told", word: wordOf(error) });
    session.close();
    await listening;
    return;
  }
  // The owner has been told that it is out.
  const late = await carryOut(small, context());
  if (late.kind === "right") tally.finding(`wrong: ${name} got an answer after it was revoked`);
  const isOut = await becomes(() => knowsThatItIsOut(session));
  tally.ended(
    "revocation",
    isOut
      ? { kind: "right", bytes: 0 }
      : { kind: "stuck", what: `${name} was never told that it is revoked` },
  );
  const heard = await listening;
  if (heard.kind === "wrong" || heard.kind === "stuck") tally.ended("guest", heard);
  session.close();
}

async function arrive({ installation, name, tally }: GuestOptions): Promise<RelaySession> {
  const text = installation.newestLink();
  if (text === undefined) throw Object.assign(new Error("no link"), { code: "no link" });
  const device = await pairDevice({ text, relay: installation.deviceLine.origin, name });
  tally.began("guest");
  return device.connect();
}

/** Also those of before that could not be thrown out then. */
async function throwOut({ installation, name }: GuestOptions): Promise<void> {
  const [json = ""] = await installation.owner("devices", "--json");
  const { devices }: { devices: { id: string; name: string }[] } = JSON.parse(json);
  const guests = devices.filter((device) => device.name.startsWith("guest"));
  for (const guest of guests.filter((device) => device.name !== name))
    await installation.owner("revoke", guest.id);
  const own = guests.find((device) => device.name === name);
  if (own === undefined) throw new Error(`the owner does not see ${name}`);
  await installation.owner("revoke", own.id);
}

/** By the PC's own word or, when it was not connected at that moment, by the relay's. */
function knowsThatItIsOut({ state }: RelaySession): boolean {
  return state.status === "revoked" || ("problem" in state && state.problem?.code === "maybe_revoked");
}

async function becomes(isSo: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < REVOKED_WITHIN_MS; waited += LOOK_MS) {
    if (isSo()) return true;
    await pause(LOOK_MS);
  }
  return isSo();
}
