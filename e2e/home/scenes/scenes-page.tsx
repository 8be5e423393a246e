/** The page's drawing alone, for pictures and checks of states that are hard to bring about: it shows the view it is told. */
import "../../../relay/web/home/design/home.css";
import { render } from "preact";
import { HomePage } from "../../../relay/web/home/home-page.tsx";
import { loadTexts, type Texts } from "../../../relay/web/home/texts/texts.ts";
import type { HomeActs } from "../../../relay/web/home/view/home-acts.ts";
import type { HomeView } from "../../../relay/web/home/view/home-view.ts";

/** Nothing happens: a picture is looked at. */
const acts: HomeActs = {
  add: () => undefined,
  scan: () => undefined,
  type: () => undefined,
  back: () => undefined,
  scanned: async () => false,
  submitCode: () => undefined,
  addOffered: () => undefined,
  addAgain: () => undefined,
  goElsewhere: () => undefined,
  cancelPairing: () => undefined,
  differs: () => undefined,
  showPc: () => undefined,
  showRequests: () => undefined,
  openApp: () => undefined,
  tryNow: () => undefined,
  rename: async () => true,
  renameDevice: () => true,
  forget: async () => false,
  session: () => undefined,
  setLanguage: () => undefined,
  install: () => undefined,
  readAgain: () => undefined,
  reload: () => undefined,
};

async function show(view: Omit<HomeView, "texts">): Promise<void> {
  const texts: Texts = await loadTexts(view.language);
  const root = document.getElementById("page");
  document.documentElement.lang = view.language;
  document.title = texts.title;
  if (root !== null) render(<HomePage view={{ ...view, texts }} acts={acts} />, root);
}

Object.assign(globalThis, { show });
