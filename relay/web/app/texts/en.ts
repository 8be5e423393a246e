/** English. */
import type { AppTexts } from "./texts.ts";

export const EN: AppTexts = {
  language: "en",
  problem: {
    client: () => ({
      title: "This browser cannot reach the PC",
      advice: "Open the app again from the relay's page.",
    }),
    "client-relay": () => ({
      title: "The relay cannot be reached",
      advice: "Check this device's network. The page comes back by itself.",
    }),
    relay: () => ({
      title: "The relay does not serve this PC now",
      advice: "The page comes back by itself. If it does not, ask who runs the relay.",
    }),
    "relay-node": (name) => ({
      title: `${name} is not online`,
      advice: "Check that the PC is on and its node is running. The page comes back by itself.",
    }),
    asleep: (name) => ({ title: `${name} is asleep`, advice: "Wake the PC. The page comes back by itself." }),
    node: (name) => ({
      title: `${name} could not carry this out`,
      advice: "Try again. If it stays so, look at the node on the PC.",
    }),
    "local-api": (name) => ({
      title: `The app on ${name} is not answering`,
      advice: "Start it on the PC. The page comes back by itself.",
    }),
  },
  tryAgain: "Try again",
  login: (name) => `The app on ${name} asks for a name and a password`,
  loginWrong: "The app did not take these. Try again.",
  userName: "Name",
  password: "Password",
  send: "Continue",
  crossSite: "Another site tried to send something to this app",
  crossSiteAdvice: "Nothing was sent. Open the app and do it there.",
  boot: {
    opening: "Opening the app",
    pairing: "Letting this browser in",
    notPaired: "This browser is not let in here",
    notPairedAdvice: "Open the app from the relay's page, where this PC is in the list.",
    revoked: (name) => `${name} does not let this browser in any more`,
    revokedAdvice: "It was revoked on the PC. Pair again on the relay's page to come back.",
    failed: "That did not work",
    failedAdvice: (code) => `Open the app again from the relay's page. (${code})`,
    noRoom: "The PC has no room for this browser",
    noRoomAdvice: "It holds as many devices as it can. Remove one in the list of devices on the PC.",
    noWorker: "This browser cannot open apps",
    noWorkerAdvice: "It needs https and service workers. A private window may not have them.",
    noStorage: "This browser stores nothing here",
    noStorageAdvice: "Its storage is full, or a private window forbids it.",
    otherPc: (name) => `Another PC's app is open here: ${name}`,
    otherPcAdvice:
      "This relay has one place for apps. Opening this one signs the other out and clears what it stored.",
    othersOpen: "Other pages of that app are still open",
    othersOpenAdvice: "Close every tab of this address, then open the app again from the relay's page.",
    replace: "Open this one",
    keep: "Keep the other",
    home: "To the relay's page",
  },
};
