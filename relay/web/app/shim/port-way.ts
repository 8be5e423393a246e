/** A page's way to a socket of the worker: a port of its own, which dies with the worker. */
import { MARK, type SocketEvent } from "../calls/messages.ts";
import type { OpenWay } from "./tunnelled-socket.ts";
import type { WorkerLink } from "./worker-link.ts";

const GONE: SocketEvent = { closed: { code: 1006, reason: "", wasClean: false } };

export function portWay(link: WorkerLink): OpenWay {
  return ({ path, protocols }, hear) => {
    const { port1: port, port2 } = new MessageChannel();
    const forget = link.onRestart(() => hear(GONE));
    port.onmessage = ({ data }: MessageEvent<SocketEvent>) => hear(data);
    if (link.isThere()) link.send({ [MARK]: "socket", path, protocols }, [port2]);
    else queueMicrotask(() => hear(GONE));
    return {
      say: (command) => port.postMessage(command),
      end() {
        forget();
        port.close();
      },
    };
  };
}
