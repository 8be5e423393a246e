/**
 * What undici 7 does not survive: a connection that ends while its parser is paused. It ends the process by an assertion
 * that nobody can catch (nodejs/undici#5360), or takes an answer that is there whole for one that was cut. Its version 8
 * has the first mended and needs a newer Node. Here the parser goes on just before undici hears of the end: at that moment
 * nothing is left to read, so it completes what is whole, and undici finds the rest as it is.
 */
import type { Socket } from "node:net";

/** The parts of undici's parser that this needs. It hangs on its socket, under a symbol of undici's own. */
interface Parser {
  paused: boolean;
  shouldKeepAlive: boolean;
  /** Does nothing when it is not paused. */
  resume(): void;
}

/** Call it once undici has the socket. Without a parser that looks as expected it does nothing. */
export function mendPausedEnds(socket: Socket): void {
  const parser = parserOf(socket);
  if (parser === undefined) return;
  socket.prependListener("end", () => parser.resume());
  // A reset is no end in good order, and what came before it is not known to be whole. undici takes it for the end of an
  // answer, read or not, unless the connection was to be kept.
  const isCut = () => {
    parser.shouldKeepAlive = true;
  };
  socket.prependListener("error", isCut);
  socket.prependListener("close", isCut);
}

function parserOf(socket: Socket): Parser | undefined {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    const value: unknown = Reflect.get(socket, symbol);
    if (isParser(value)) return value;
  }
  return undefined;
}

function isParser(value: unknown): value is Parser {
  return (
    typeof value === "object" &&
    value !== null &&
    "paused" in value &&
    typeof value.paused === "boolean" &&
    "shouldKeepAlive" in value &&
    typeof value.shouldKeepAlive === "boolean" &&
    "resume" in value &&
    typeof value.resume === "function"
  );
}
