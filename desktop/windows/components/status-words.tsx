/** Under a chain: one bold sentence says what is so, one plain sentence what to do, and the button that does it. */

import { Button } from "#shared/looks/button.tsx";
import type { StatusView } from "../contract/status-view.ts";
import { useTexts } from "../dom/texts-context.ts";

export interface StatusWordsProps {
  readonly status: StatusView;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly remedy: (remedy: NonNullable<StatusView["remedy"]>) => void;
  /** It is the one thing to do here. */
  readonly primary?: boolean;
}

export function StatusWords({ status, now, remedy, primary = false }: StatusWordsProps) {
  const { general } = useTexts();
  const { title, advice, retryAt, code, notes = [] } = status;
  const wanted = status.remedy;
  const seconds = retryAt === undefined ? 0 : Math.ceil((retryAt - now) / 1_000);
  return (
    <div class="status-words">
      <strong>{title}</strong>
      {advice !== "" && <p>{advice}</p>}
      {seconds > 0 && <p class="muted small">{general.retryIn(seconds)}</p>}
      {status.ring === "attention" && <p class="support">{code}</p>}
      {notes.map((note) => (
        <p key={note} class="status-note small">
          {note}
        </p>
      ))}
      {wanted !== undefined && (
        <Button kind={primary ? "primary" : undefined} press={() => remedy(wanted)}>
          {general.remedies[wanted]}
        </Button>
      )}
    </div>
  );
}
