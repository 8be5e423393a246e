/** One way in which a program reaches the API. What fails rejects, with a word; it never answers by halves. */
import type { TunnelClose, TunnelMessage } from "#shared/client/tunnel-socket.ts";
import type { Piece } from "../piece.ts";

export interface Answer {
  readonly status: number;
  /** The key that the API gave back. */
  readonly key: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Question {
  readonly path: string;
  /** What is uploaded; left out: a GET. */
  readonly upload?: Piece & { readonly method: "PUT" | "POST" };
  readonly signal?: AbortSignal;
}

/** What browsers call a WebSocket, as far as it is used. */
export interface TalkSocket {
  onopen: (() => void) | null;
  onmessage: ((message: TunnelMessage) => void) | null;
  onerror: (() => void) | null;
  onclose: ((close: TunnelClose) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface Caller {
  readonly name: string;
  ask(question: Question): Promise<Answer>;
  /** Undefined for those that have none. */
  readonly talk: ((path: string) => TalkSocket) | undefined;
  /** Whether bodies are passed on piece by piece, and may have any length. */
  readonly streams: boolean;
}
