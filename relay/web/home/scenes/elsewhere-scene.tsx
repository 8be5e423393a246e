/** The link is for another relay: its page is another one, and only a tap leads there. */
import { Button } from "#shared/looks/button.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { SceneBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";
import { useActs } from "../view/home-acts.ts";

export function ElsewhereScene({ host }: { readonly host: string }) {
  const { elsewhere, cancel } = useTexts();
  const acts = useActs();
  return (
    <>
      <SceneBar title={elsewhere.title} />
      <main class="scene">
        <p>{elsewhere.text(visible(host))}</p>
        <Button kind="primary" guarded press={() => acts.goElsewhere()}>
          {elsewhere.go(visible(host))}
        </Button>
        <Button press={() => acts.back()}>{cancel}</Button>
      </main>
    </>
  );
}
