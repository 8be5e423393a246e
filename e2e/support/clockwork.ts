/**
 * A real relay, node and device in one process, on lines that can break, with clocks that stand still until a test moves
 * them: what takes a minute or a day outside takes a moment here.
 */
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { SessionState } from "#shared/client/session-state.ts";
import { StepClock, settle } from "#shared/client/testing/step-clock.ts";
import { fakeClock, type FakeClock as NodeClock } from "../../desktop/core/testing/fake-clock.ts";
import { FakeClock as RelayClock } from "../../relay/testing/fake-clock.ts";
import { type CoreNode, startCoreNode } from "./core-node.ts";
import { type PairedDevice, pairDevice, sessionIs } from "./device.ts";
import type { AtTheEnd } from "./endings.ts";
import { type Line, startLine } from "./line.ts";
import { startTestRelay } from "./relay.ts";
import { type Routes, startRoutes } from "./routes.ts";

export interface Clockwork {
  readonly clocks: { readonly relay: RelayClock; readonly node: NodeClock; readonly device: StepClock };
  readonly api: Routes;
  readonly node: CoreNode;
  readonly nodeLine: Line;
  readonly deviceLine: Line;
  readonly device: PairedDevice;
  /** A session that is connected. */
  readonly session: RelaySession;
  /** Why the session was ever without a connection. */
  problems(): string[];
}

/** With the API that is given, or one of its own. */
export async function startClockwork(end: AtTheEnd, given?: Routes): Promise<Clockwork> {
  const clocks = { relay: new RelayClock(), node: fakeClock(), device: new StepClock() };
  const api = given ?? (await startRoutes(end));
  api.on("/hello", (_, response) => response.end("hello"));
  const relay = await startTestRelay({}, clocks.relay);
  end(() => {
    const closed = relay.close();
    // Whatever it would wait for.
    clocks.relay.advance(60_000);
    return closed;
  });
  const nodeLine = await startLine(relay.port);
  end(() => nodeLine.close());
  const deviceLine = await startLine(relay.port);
  end(() => deviceLine.close());
  const node = await startCoreNode({ relay: nodeLine.origin, api: api.origin, clock: clocks.node });
  end(() => node.node.stop());
  const device = await pairDevice({
    text: await node.link(),
    relay: deviceLine.origin,
    clock: clocks.device,
    now: clocks.device.now,
  });
  const states: SessionState[] = [];
  const session = device.connect({ stateChanged: (state) => states.push(state) });
  end(() => session.close());
  await sessionIs(session, "connected");
  const problems = () =>
    states.flatMap((state) => ("problem" in state && state.problem ? [state.problem.code] : []));
  return { clocks, api, node, nodeLine, deviceLine, device, session, problems };
}

interface Advancing {
  advance(ms: number): void;
}

/** Lets time pass, second by second or in larger steps, with room for everything that is under way on loopback. */
export async function pass(seconds: number, clocks: readonly Advancing[], stepSec = 1): Promise<void> {
  for (let second = 0; second < seconds; second += stepSec) {
    for (const clock of clocks) clock.advance(1_000 * stepSec);
    await settle();
  }
}

/** Lets time pass until it settles. */
export async function passUntil<Value>(
  promise: Promise<Value>,
  clocks: readonly Advancing[],
): Promise<Value> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  while (!isSettled) await pass(1, clocks);
  return settled;
}
