/** Who may come in: connected first, with what each may do, and the way to throw one or all of them out. */
import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { Dialog } from "../components/dialog.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import { DeviceItem } from "./device-item.tsx";
import { PlaintextSessions } from "./plaintext-sessions.tsx";
import type { SectionProps } from "./section-props.ts";

export function DevicesSection({ view, ora }: SectionProps) {
  const { settings } = useTexts();
  const { devices: words } = settings;
  const [asking, setAsking] = useState(false);
  const { busy, problem, send } = useCommand();
  const { devices, plaintextSessions } = view;
  const everybody = devices.length + plaintextSessions.length;
  return (
    <div class="section">
      {devices.length === 0 ? (
        <div class="empty panel">
          <strong>{words.emptyTitle}</strong>
          <Button kind="primary" press={() => void ora.openPairing()}>
            {words.emptyAction}
          </Button>
        </div>
      ) : (
        <section class="panel">
          <ul class="list">
            {devices.map((device) => (
              <DeviceItem
                key={device.id}
                device={device}
                now={view.now}
                ora={ora}
                asked={view.led.renamed === device.id ? view.led.times : undefined}
              />
            ))}
          </ul>
        </section>
      )}
      {plaintextSessions.length > 0 && (
        <PlaintextSessions sessions={plaintextSessions} now={view.now} ora={ora} />
      )}
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {everybody > 0 && (
        <div class="buttons">
          {devices.length > 0 && <Button press={() => void ora.openPairing()}>{words.pair}</Button>}
          <Button bad press={() => setAsking(true)}>
            {words.revokeAll}
          </Button>
        </div>
      )}
      {asking && (
        <Dialog
          title={words.revokeAllTitle(everybody)}
          act={words.revokeAllAct}
          busy={busy}
          cancel={() => setAsking(false)}
          confirm={() => void send(() => ora.revokeAll()).then(() => setAsking(false))}
        >
          <p>{words.revokeText}</p>
        </Dialog>
      )}
    </div>
  );
}
