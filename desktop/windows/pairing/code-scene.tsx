/** The code: a QR code in the ring of its time, the typed one under it, and what can be done with them. */
import { useMemo } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { timeLeft } from "#shared/looks/format.ts";
import { Sentence } from "#shared/looks/sentence.tsx";
import { CopyButton } from "../components/copy-button.tsx";
import { QrCode, qrModules } from "../components/qr-code.tsx";
import { StatusWords } from "../components/status-words.tsx";
import { TimeRing } from "../components/time-ring.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { codeGroups, type ShownCode, shareLeft, spelled } from "../view/pairing-scene.ts";
import { qrLayout } from "../view/qr-layout.ts";
import { carryOut, type SceneProps } from "./scene-props.ts";

const EMPTY_RING_PX = 272;

export function CodeScene({ code, view, now, ora }: SceneProps & { readonly code: ShownCode }) {
  const { pairing } = useTexts();
  const { link, typed, guessesUsedUp } = code;
  const url = link?.value;
  const modules = useMemo(() => (url === undefined ? undefined : qrModules(url)), [url]);
  const layout = modules && qrLayout(modules.count);
  // Each has its own time, since each is used up by itself: what changes first is what is told.
  const expiresAt = Math.min(link?.expiresAt ?? Infinity, typed?.expiresAt ?? Infinity);
  return (
    <div class="pairing-scene">
      <TimeRing
        key={expiresAt}
        size={layout?.ring ?? EMPTY_RING_PX}
        left={shareLeft(expiresAt, now, view.ttlMs)}
      >
        {modules && layout && <QrCode modules={modules} layout={layout} label={pairing.qr} />}
      </TimeRing>
      {typed !== undefined && <TypedCode code={typed.value} />}
      <div class="pairing-words">
        {guessesUsedUp && (
          <p class="pairing-why">
            <strong>{pairing.guessesTitle}</strong> {pairing.guessesAdvice}
          </p>
        )}
        {!guessesUsedUp && (
          <p class="muted">
            {typed === undefined ? (
              pairing.scanOnly
            ) : (
              <Sentence text={pairing.scanOrType} parts={{ address: <b class="address">{view.typeAt}</b> }} />
            )}
          </p>
        )}
        <p class="muted">{pairing.timeLeft(timeLeft(expiresAt - now))}</p>
      </div>
      <div class="buttons buttons-even">
        <CopyButton kind={guessesUsedUp ? undefined : "primary"} copy={() => ora.copyLink()}>
          {pairing.copyLink}
        </CopyButton>
        {typed !== undefined && (
          <CopyButton copy={() => ora.copyCode({ which: "typed" })}>{pairing.copyCode}</CopyButton>
        )}
        <Button kind={guessesUsedUp ? "primary" : undefined} press={() => void ora.newCode()}>
          {pairing.newCode}
        </Button>
      </div>
      {(view.status.ring === "attention" || view.status.notes !== undefined) && (
        <section class="panel">
          <StatusWords status={view.status} now={now} remedy={(remedy) => carryOut(ora, remedy)} />
        </section>
      )}
    </div>
  );
}

function TypedCode({ code }: { readonly code: string }) {
  const { pairing } = useTexts();
  return (
    <p class="typed-code">
      <span class="unseen">{pairing.code(spelled(code))}</span>
      <span aria-hidden="true">
        {codeGroups(code).map((group) => (
          <span key={group} class="code-group">
            {group}
          </span>
        ))}
      </span>
    </p>
  );
}
