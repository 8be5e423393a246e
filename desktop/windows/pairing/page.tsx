/** The pairing window: the code, who wants in, and why there is no code when there is none. */
import { startPage } from "../dom/start-page.tsx";
import { LoadingPairing } from "./loading.tsx";
import { PairingWindow } from "./pairing-window.tsx";

startPage({
  window: "pairing",
  title: (texts) => texts.pairing.title,
  next: (_view, push) => push,
  loading: () => <LoadingPairing />,
  draw: (drawn, ora) => <PairingWindow drawn={drawn} ora={ora} />,
});
