/** A body that is larger than this page keeps: what is here, where the rest is, and what can be done with it. */
import { Button } from "#shared/looks/button.tsx";
import { bytes } from "#shared/looks/format.ts";
import type { RequestRun } from "../run/request-run.ts";
import type { RunView } from "../run/run-view.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { giveFile } from "./give-file.ts";

export function HeldNote({ run, view }: { readonly run: RequestRun; readonly view: RunView }) {
  const texts = useRequestsTexts();
  const { locale } = texts;
  const { phase, head, received, kept } = view;
  const all = head?.length;
  if (phase === "saving") {
    const so = bytes(received, locale);
    return (
      <div class="api-held">
        <p role="status">{all === undefined ? texts.saving(so) : texts.savingOf(so, bytes(all, locale))}</p>
        <progress max={all} value={all === undefined ? undefined : received} aria-label={texts.saveWhole} />
      </div>
    );
  }
  if (phase !== "held") return null;
  const here = bytes(kept, locale);
  return (
    <div class="api-held">
      <p>{all === undefined ? texts.heldUnknown(here) : texts.held(here, bytes(all, locale))}</p>
      <div class="buttons">
        <Button kind="primary" press={() => run.save(giveFile)}>
          {texts.saveWhole}
        </Button>
        {view.isLive && <Button press={() => run.readOn()}>{texts.readOn}</Button>}
        <Button press={() => run.cancel()}>{texts.stop}</Button>
      </div>
    </div>
  );
}
