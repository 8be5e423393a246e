/** The app that phones are to reach: its address, a test of it, and what else answers on this PC. */
import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { duration } from "#shared/looks/format.ts";
import { Name } from "#shared/looks/name.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import { TextField } from "../components/text-field.tsx";
import type { ApiTest, FoundApi } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import type { SectionProps } from "./section-props.ts";

export function ApiSection({ view, ora }: SectionProps) {
  const { settings, general } = useTexts();
  const { api } = settings;
  const [typed, setTyped] = useState(view.values.apiUrl);
  const [tested, setTested] = useState<ApiTest | undefined>();
  const [found, setFound] = useState<readonly FoundApi[] | undefined>();
  const testing = useCommand();
  const detecting = useCommand();
  const problem = testing.problem ?? detecting.problem;
  const test = () => {
    setTested(undefined);
    void testing.send(() => ora.testApi({ url: typed })).then(setTested);
  };
  const use = (url: string) => {
    setTyped(url);
    void detecting.send(() => ora.saveSetting({ key: "apiUrl", value: url }));
  };
  return (
    <div class="section">
      <TextField
        label={api.address}
        help={api.addressHelp}
        value={view.values.apiUrl}
        code
        typed={(text) => {
          setTyped(text);
          setTested(undefined);
        }}
        save={(value) => ora.saveSetting({ key: "apiUrl", value: value.trim() })}
      >
        <Button press={test} busy={testing.busy || typed.trim() === ""}>
          {testing.busy ? settings.testing : settings.test}
        </Button>
      </TextField>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {tested !== undefined && (
        <section class="panel" role="status">
          <strong>
            {tested.answered
              ? api.answered(String(tested.status), duration(tested.ms, general.locale))
              : api.because[tested.because]}
          </strong>
        </section>
      )}
      <div>
        <Button
          busy={detecting.busy}
          press={() => void detecting.send(() => ora.detectApis()).then((list) => list && setFound(list))}
        >
          {detecting.busy ? api.detecting : api.detect}
        </Button>
      </div>
      {found !== undefined && (
        <section class="panel" aria-label={api.found} role="status">
          {found.length === 0 ? (
            <p>{api.foundNothing}</p>
          ) : (
            <ul class="list">
              {found.map(({ url, label }) => (
                <li key={url} class="row">
                  <span class="row-main">
                    <span class="mono small">{visible(url)}</span>
                    {label !== undefined && (
                      <div class="muted small">
                        <Name text={label} />
                      </div>
                    )}
                  </span>
                  <Button press={() => use(url)} label={`${api.use} ${visible(url)}`}>
                    {api.use}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
    </div>
  );
}
