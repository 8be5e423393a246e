/** Sees whether somebody listens where the local API should be, without sending anything. */
import { connect } from "node:net";
import type { FailureName } from "./failure-name.ts";
import type { LocalTarget } from "./local-target.ts";

const PROBE_TIMEOUT_MS = 3_000;

/** Undefined when a connection could be made. It never rejects. */
export function probeLocalApi({ host, port }: LocalTarget): Promise<FailureName | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_TIMEOUT_MS });
    const finish = (result: FailureName | undefined) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => finish(undefined));
    socket.once("timeout", () => finish("ConnectTimeout"));
    socket.once("error", () => finish("ConnectError"));
  });
}
