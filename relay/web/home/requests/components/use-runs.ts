/**
 * The requests of this page: the one under way and the last ones. At most one runs; a new one ends the one before. What
 * comes quickly is drawn at a pace that a phone can follow.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { Outgoing } from "../draft/outgoing.ts";
import { RequestRun } from "../run/request-run.ts";

/** Answers that stay to be looked at; each keeps at most a few megabytes. */
const MAX_RUNS = 8;
const DRAW_EVERY_MS = 100;

export interface Runs {
  /** Newest first. */
  readonly all: readonly RequestRun[];
  readonly shown: RequestRun | undefined;
  show(run: RequestRun): void;
  send(request: Outgoing): void;
}

export function useRuns(session: RelaySession): Runs {
  const [all, setAll] = useState<readonly RequestRun[]>([]);
  const [shown, show] = useState<RequestRun | undefined>();
  const [, draw] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef<RequestRun | undefined>(undefined);

  const changed = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      draw((count) => count + 1);
    }, DRAW_EVERY_MS);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      latest.current?.cancel();
    },
    [],
  );

  return {
    all,
    shown,
    show,
    send(request) {
      latest.current?.cancel();
      const run = new RequestRun({
        door: session.door,
        request,
        clock: () => performance.now(),
        now: () => Date.now(),
        changed,
      });
      latest.current = run;
      setAll((before) => [run, ...before].slice(0, MAX_RUNS));
      show(run);
      void run.start();
    },
  };
}
