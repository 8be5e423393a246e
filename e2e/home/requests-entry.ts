/**
 * The API client alone on a page, over the real client library: what the home page does around it, in a few lines, so
 * that a test can begin where the client begins.
 */
import { h, render } from "preact";
import { browserSockets } from "#shared/client/browser-socket.ts";
import { generateDeviceKey } from "#shared/client/device-key.ts";
import type { PairingRecord } from "#shared/client/pairing-record.ts";
import { createRelayClient } from "#shared/client/relay-client.ts";
import { createCryptoBackend } from "#shared/crypto/backend.ts";
import type { StaticKey } from "#shared/crypto/node-identity.ts";
import { RequestsPage } from "../../relay/web/home/requests/requests-page.tsx";

const backend = createCryptoBackend();
const client = createRelayClient({ sockets: browserSockets(), backend });
let paired: { record: PairingRecord; deviceKey: StaticKey } | undefined;

const acts = {
  async pair(link: string, relay: string): Promise<void> {
    const { key: deviceKey } = generateDeviceKey(backend);
    const pairing = await client.pair(link, { deviceKey, name: "a phone", relay });
    paired = { record: await pairing.completed, deviceKey };
  },

  /** Draws it anew, as if it had just been opened. */
  open(language: "en" | "ja"): void {
    const root = document.getElementById("page");
    if (root === null || paired === undefined) return;
    const { record, deviceKey } = paired;
    document.documentElement.lang = language;
    const session = client.connect(record, { deviceKey });
    render(null, root);
    render(
      h("main", null, [
        h("h1", { key: "title" }, "API"),
        h(RequestsPage, {
          key: "page",
          session,
          pc: { nodeId: record.nodeId, name: record.nodeName },
          language,
        }),
      ]),
      root,
    );
  },
};

export type RequestsActs = typeof acts;

Object.assign(globalThis, { requestsActs: acts });
