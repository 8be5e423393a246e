/** The API client's place: the way back and the PC's name around it. */
import { Name } from "#shared/looks/name.tsx";
import { Lazy } from "../parts/lazy.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import type { Language } from "../texts/language.ts";
import { useActs } from "../view/home-acts.ts";
import type { PcView } from "../view/home-view.ts";

const load = async () => (await import("../requests/requests-page.tsx")).RequestsPage;

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
