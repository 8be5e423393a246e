/** The API client's place: the way back and the PC's name around it. */
import { Name } from "#shared/looks/name.tsx";
import { Lazy } from "../parts/lazy.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import type { Language } from "../texts/language.ts";
import { useActs } from "../view/home-acts.ts";
import type { PcView } from "../view/home-view.ts";

/** The style's address, relative to the page. Put in by the build. */
declare const REQUESTS_STYLE: string;

/** The part's style comes with it, and stays. */
function loadStyle(): Promise<void> {
  if (document.querySelector(`link[href="${REQUESTS_STYLE}"]`) !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = REQUESTS_STYLE;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error("the style could not be loaded"));
    };
    document.head.append(link);
  });
}

const load = async () => {
  const [{ RequestsPage }] = await Promise.all([import("../requests/requests-page.tsx"), loadStyle()]);
  return RequestsPage;
};

export function RequestsScene({ pc, language }: { readonly pc: PcView; readonly language: Language }) {
  const session = useActs().session(pc.id);
  return (
    <>
      <SceneBar title={<Name text={pc.name} />} />
      <main>
        {session !== undefined && (
          <Lazy load={load} props={{ session, pc: { nodeId: pc.nodeId, name: pc.name }, language }} />
        )}
      </main>
    </>
  );
}
