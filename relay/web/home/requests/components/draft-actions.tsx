/** What can be done with a request besides sending it: keep it, take it along to a shell, or begin a new one. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { checkDraft } from "../draft/check-draft.ts";
import { curlLine } from "../draft/curl-line.ts";
import { BLANK_DRAFT, type RequestDraft } from "../draft/draft.ts";
import { tidyPath } from "../draft/tidy-path.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { CopyButton } from "./copy-button.tsx";
import type { Saved } from "./use-saved.ts";

const SHOWN_MS = 2_000;

export interface DraftActionsProps {
  readonly draft: RequestDraft;
  /** What stood in the form before. */
  readonly replaced: RequestDraft;
  readonly open: (draft: RequestDraft) => void;
  readonly saved: Saved;
}

export function DraftActions({ draft, replaced, open, saved }: DraftActionsProps) {
  const texts = useRequestsTexts();
  const [said, setSaid] = useState<"saved" | "full" | "too_large" | undefined>();
  const [isLineShown, setLineShown] = useState(false);
  useEffect(() => {
    if (said !== "saved") return undefined;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  // A line that the PC would refuse, or that is no method at all, helps nobody.
  const canCopy = !checkDraft(draft).some(({ place }) => place === "method" || place === "file");
  const isBlank = draft === BLANK_DRAFT;
  return (
    <div class="api-actions">
      <div class="buttons">
        <Button press={() => setSaid(saved.save(suggestedName(draft), draft) ?? "saved")}>
          {said === "saved" ? texts.savedNow : texts.save}
        </Button>
        {(!isBlank || replaced !== BLANK_DRAFT) && (
          <Button press={() => open(isBlank ? replaced : BLANK_DRAFT)}>
            {isBlank ? texts.undo : texts.blank}
          </Button>
        )}
        {canCopy && (
          <CopyButton text={() => curlLine(draft)} failed={() => setLineShown(true)}>
            {texts.copyCurl}
          </CopyButton>
        )}
      </div>
      <p class="muted small">{texts.curlHelp}</p>
      {said === "full" && <p class="field-problem">{texts.saveFull}</p>}
      {said === "too_large" && <p class="field-problem">{texts.saveTooLarge}</p>}
      {isLineShown && (
        <>
          <p class="small api-note">{texts.notCopied}</p>
          <textarea
            class="input mono api-area"
            rows={4}
            readOnly
            aria-label={texts.curlLine}
            value={curlLine(draft)}
          />
        </>
      )}
    </div>
  );
}

function suggestedName({ method, path }: RequestDraft): string {
  return `${method} ${tidyPath(path)}`;
}
