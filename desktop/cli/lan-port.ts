/** The port of a relay for this network, which has to be known before the relay runs: its address is part of its name. */
import { createServer } from "node:net";

/** The relay's own default. */
const DEFAULT_PORT = 9010;

/** `--lan` cannot be done; the message is for the user. */
export class LanError extends Error {
  readonly code = "lan_impossible";

  constructor(message: string) {
    super(message);
    this.name = "LanError";
  }
}

/** What ORA_RELAY_PORT says; for 0 a port that is free now. What is no port is left to the relay to refuse. */
export async function lanPort(written: string | undefined): Promise<number> {
  const text = written?.trim() ?? "";
  if (text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LanError(`ORA_RELAY_PORT is no port: ${JSON.stringify(text.slice(0, 20))}`);
  }
  return port === 0 ? freePort() : port;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : DEFAULT_PORT),
      );
    });
  });
}
