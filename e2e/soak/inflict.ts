/** Carries out a fault. Resolves when it is over and what was broken may work again; what it broke is whole then. */
import type { Fault } from "./fault-plan.ts";
import type { Installation, Standing } from "./installation.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function inflict(fault: Fault, installation: Installation): Promise<void> {
  switch (fault.kind) {
    case "kill":
    case "restart": {
      const standing = programOf(fault.target, installation);
      await standing.end(fault.kind === "kill" ? "SIGKILL" : "SIGTERM");
      await pause(fault.downMs);
      await standing.start();
      return;
    }
    case "freeze": {
      const { program } = programOf(fault.target, installation);
      program.kill("SIGSTOP");
      await pause(fault.ms);
      program.kill("SIGCONT");
      return;
    }
    case "cut":
      lineOf(fault.target, installation).cut();
      return;
    case "silence":
      lineOf(fault.target, installation).silence();
      return;
    case "cut after": {
      // The connections that stand are cut; the next one is cut in the middle of something.
      const line = lineOf(fault.target, installation);
      line.cutNextAfter(fault.bytes);
      line.cut();
      return;
    }
    case "delay": {
      const line = lineOf(fault.target, installation);
      line.delay(fault.delayMs);
      await pause(fault.ms);
      line.delay(0);
      return;
    }
  }
}

function programOf(target: "relay" | "node" | "connect", installation: Installation): Standing {
  const { relay, node, connects } = installation;
  if (target === "relay") return relay;
  if (target === "node") return node;
  const [first] = connects;
  if (first === undefined) throw new Error("there is no ora-connect");
  return first;
}

function lineOf(target: "node line" | "device line", { nodeLine, deviceLine }: Installation) {
  return target === "node line" ? nodeLine : deviceLine;
}
