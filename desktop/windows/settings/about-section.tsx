/** What this is: version, parts, licences, the PC's identity, and where the logs are. */
import { Button } from "#shared/looks/button.tsx";
import { Mark } from "#shared/looks/mark.tsx";
import { useTexts } from "../dom/texts-context.ts";
import type { SectionProps } from "./section-props.ts";

const MARK_PX = 40;

export function AboutSection({ view, ora }: SectionProps) {
  const { settings } = useTexts();
  const { about: words, app } = settings;
  const { version, parts, licences, nodeId, newerVersion } = view.about;
  return (
    <div class="section">
      <div class="row about-head">
        <Mark state="connected" size={MARK_PX} />
        <div>
          <strong>ORA Relay</strong>
          <p class="muted">{words.version(version)}</p>
        </div>
      </div>
      {newerVersion !== undefined && (
        <section class="panel">
          <strong>{app.newer(newerVersion)}</strong>
          <div>
            <Button press={() => void ora.openReleasePage()}>{app.openRelease}</Button>
          </div>
        </section>
      )}
      <dl class="facts">
        {parts.map(([name, partVersion]) => (
          <div key={name} class="fact">
            <dt>{name}</dt>
            <dd>{partVersion}</dd>
          </div>
        ))}
        {nodeId !== "" && (
          <div class="fact">
            <dt>{words.id}</dt>
            <dd class="mono small">{nodeId}</dd>
          </div>
        )}
      </dl>
      <div class="field">
        <div class="buttons">
          <Button press={() => void ora.openLogFolder()}>{words.openLogs}</Button>
          <Button press={() => void ora.openLicences()}>{words.openLicences}</Button>
        </div>
        <p class="field-help">{words.logsHelp}</p>
      </div>
      <details>
        <summary>{words.licences}</summary>
        <ul class="licences">
          {licences.map(([name, licence]) => (
            <li key={name}>
              {name} <span class="muted">{licence}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
