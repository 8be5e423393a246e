/** Sessions that the relay can read: marked as such, and ended one by one. */
import { Button } from "#shared/looks/button.tsx";
import { moment } from "#shared/looks/format.ts";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { OraBridge } from "../contract/bridge.ts";
import type { PlaintextSessionView } from "../contract/settings-view.ts";
import { useTexts } from "../dom/texts-context.ts";

export interface PlaintextSessionsProps {
  readonly sessions: readonly PlaintextSessionView[];
  readonly now: number;
  readonly ora: OraBridge;
}

export function PlaintextSessions({ sessions, now, ora }: PlaintextSessionsProps) {
  const { settings, general } = useTexts();
  const { devices: words } = settings;
  return (
    <section class="panel panel-warn" aria-labelledby="plaintext-sessions">
      <h3 id="plaintext-sessions" class="warn-label">
        {words.plaintextTitle}
      </h3>
      <p class="small muted">{words.plaintextText}</p>
      <ul class="list">
        {sessions.map(({ id, peer, expiresAt }) => (
          <li key={id} class="row">
            <span class="row-main mono small">
              <bdi>{visible(peer)}</bdi>{" "}
              <span class="muted">{words.plaintextUntil(moment(expiresAt, now, general))}</span>
            </span>
            <Button
              kind="plain"
              bad
              label={`${words.endSession}: ${visible(peer)}`}
              press={() => void ora.revokeSession({ session: id })}
            >
              {words.endSession}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
