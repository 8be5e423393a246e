/** Carries out a fault. Resolves when it is over and what was broken may work again; what it broke is whole then. */
import type { Fault } from "./fault-plan.ts";
import type { Installation } from "./installation.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function inflict(fault: Fault, installation: Installation): Promise<void> {
  switch (fault.kind) {
    case "kill":
    case "restart": {
      const standing = installation.programAt(fault.target);
      await standing.end(fault.kind === "kill" ? "SIGKILL" : "SIGTERM");
      await pause(fault.downMs);
      await standing.start();
      return;
    }
    case "freeze": {
      const { program } = installation.programAt(fault.target);
      program.kill("SIGSTOP");
      await pause(fault.ms);
      program.kill("SIGCONT");
      return;
    }
    case "cut":
      installation.lineAt(fault.target).cut();
      return;
    case "silence":
      installation.lineAt(fault.target).silence();
      return;
    case "cut after": {
      // The connections that stand are cut; the next one is cut in the middle of something.
      const line = installation.lineAt(fault.target);
      line.cutNextAfter(fault.bytes);
      line.cut();
      return;
    }
    case "delay": {
      const line = installation.lineAt(fault.target);
      line.delay(fault.delayMs);
      await pause(fault.ms);
      line.delay(0);
      return;
    }
  }
}
