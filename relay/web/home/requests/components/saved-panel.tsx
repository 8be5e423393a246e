/** The saved requests: tapped to bring one back, renamed in place, deleted with a way back. */
import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Name } from "#shared/looks/name.tsx";
import { shownLine } from "../body/shown-text.ts";
import type { RequestDraft } from "../draft/draft.ts";
import { MAX_NAME_CHARS, type SavedRequest } from "../saved/saved-list.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import type { Saved } from "./use-saved.ts";

export interface SavedPanelProps {
  readonly saved: Saved;
  readonly open: (draft: RequestDraft) => void;
}

export function SavedPanel({ saved, open }: SavedPanelProps) {
  const texts = useRequestsTexts();
  const { list, isKept, removed } = saved;
  const [renaming, setRenaming] = useState<string | undefined>();
  return (
    <>
      {list.length > 0 && (
        <details class="panel api-part api-saved">
          <summary>{texts.saved(String(list.length))}</summary>
          <ul>
            {list.map((request) => (
              <li key={request.id}>
                {renaming === request.id ? (
                  <RenameLine
                    request={request}
                    done={(name) => {
                      if (name !== undefined) saved.rename(request.id, name);
                      setRenaming(undefined);
                    }}
                  />
                ) : (
                  <SavedLine
                    request={request}
                    open={() => open(request.draft)}
                    rename={() => setRenaming(request.id)}
                    remove={() => saved.remove(request.id)}
                  />
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {!isKept && <p class="small api-note">{texts.savedInMemory}</p>}
      {removed !== undefined && (
        <div class="api-undo" role="status">
          <span>{texts.removed(shownLine(removed.request.name))}</span>
          <Button press={saved.undo}>{texts.undo}</Button>
        </div>
      )}
    </>
  );
}

interface SavedLineProps {
  readonly request: SavedRequest;
  readonly open: () => void;
  readonly rename: () => void;
  readonly remove: () => void;
}

function SavedLine({ request: { name, draft }, open, rename, remove }: SavedLineProps) {
  const texts = useRequestsTexts();
  const shown = shownLine(name);
  const what = shownLine(`${draft.method} ${draft.path}`);
  return (
    <div class="api-saved-line">
      <button type="button" class="api-saved-open" onClick={open}>
        <span class="api-saved-name">
          <Name text={name} focusable={false} />
        </span>
        {what !== shown && <bdi class="muted small mono api-saved-what">{what}</bdi>}
      </button>
      <Button kind="plain" label={texts.renameNamed(shown)} press={rename}>
        {texts.rename}
      </Button>
      <Button kind="plain" bad label={texts.removeNamed(shown)} press={remove}>
        {texts.remove}
      </Button>
    </div>
  );
}

interface RenameLineProps {
  readonly request: SavedRequest;
  /** Undefined: as it was. */
  readonly done: (name: string | undefined) => void;
}

function RenameLine({ request, done }: RenameLineProps) {
  const texts = useRequestsTexts();
  const [name, setName] = useState(request.name);
  return (
    <form
      class="api-rename"
      onSubmit={(event) => {
        event.preventDefault();
        done(name);
      }}
    >
      <input
        ref={(input) => input?.focus()}
        class="input"
        aria-label={texts.nameOfSaved}
        maxLength={MAX_NAME_CHARS}
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") done(undefined);
        }}
      />
      <button type="submit" class="button">
        {texts.done}
      </button>
    </form>
  );
}
