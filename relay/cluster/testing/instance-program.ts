/**
 * A relay's part in a cluster as a process of its own, for tests that stop or kill one: it holds a key, and counts what
 * its clients send. `node FILE URL NAME`; says "ready", and ends by itself on "stop" from its standard input.
 */
import { once } from "node:events";
import { instance, key } from "./instances.ts";

const [url = "", name = ""] = process.argv.slice(2);
const { cluster } = instance({ url });
await cluster.start();
let received = 0;
const held = cluster.hold(key("node", name), {
  answer: () => received,
  accept: () => ({
    message: (data) => {
      received += data.length;
    },
    closed: () => undefined,
  }),
});
await held.known;
process.stdout.write("ready\n");
await once(process.stdin, "data");
await cluster.stop();
// Nothing else: what is left behind would keep the process.
process.stdin.destroy();
