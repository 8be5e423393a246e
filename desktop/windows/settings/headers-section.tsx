/** Headers that this PC adds to each request. Their values go in and are never shown again. */
import { useId, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { Problem } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import { InputField } from "./input-field.tsx";
import type { SectionProps } from "./section-props.ts";

export function HeadersSection({ view, ora }: SectionProps) {
  const { settings } = useTexts();
  const { headers: words } = settings;
  const { problem, send } = useCommand();
  return (
    <div class="section">
      <p class="muted">{words.text}</p>
      <section class="panel">
        {view.headers.length === 0 ? (
          <p>{words.emptyTitle}</p>
        ) : (
          <ul class="list">
            {view.headers.map((name) => (
              <li key={name} class="row">
                <span class="row-main mono small">
                  {visible(name)}{" "}
                  <span class="muted">
                    <span aria-hidden="true">••••••••</span>
                    <span class="unseen">{words.masked}</span>
                  </span>
                </span>
                <Button
                  kind="plain"
                  bad
                  label={`${settings.remove}: ${visible(name)}`}
                  press={() => void send(() => ora.removeHeader({ name }))}
                >
                  {settings.remove}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {problem !== undefined && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
      </section>
      <NewHeader ora={ora} />
    </div>
  );
}

function NewHeader({ ora }: Pick<SectionProps, "ora">) {
  const { settings, problems } = useTexts();
  const { headers: words } = settings;
  const id = useId();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>();
  const add = async () => {
    const result = await ora.setHeader({ name: name.trim(), value });
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) return;
    setName("");
    setValue("");
  };
  const reason = problem && problems[problem];
  const isAboutValue = problem === "bad_header_value";
  return (
    <section class="panel" aria-labelledby={id}>
      <h3 id={id}>{words.add}</h3>
      <div class="form-grid">
        <InputField
          label={words.name}
          placeholder="x-ora-token"
          value={name}
          problem={isAboutValue ? undefined : reason}
          change={setName}
        />
        <InputField
          label={words.value}
          help={words.valueHelp}
          secret
          value={value}
          problem={isAboutValue ? reason : undefined}
          change={setValue}
        />
      </div>
      <div>
        <Button kind="primary" press={() => void add()}>
          {words.add}
        </Button>
      </div>
    </section>
  );
}
