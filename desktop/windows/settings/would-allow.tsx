/** Asks the rules in force about one request, without making it. */
import { useId, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import type { AccessAnswer } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import { readMethods } from "../view/method-list.ts";
import { DeviceChoice } from "./device-choice.tsx";
import { InputField } from "./input-field.tsx";
import type { SectionProps } from "./section-props.ts";

export function WouldAllow({ view, ora }: Omit<SectionProps, "open">) {
  const { settings, problems } = useTexts();
  const { rules: words } = settings;
  const id = useId();
  const [device, setDevice] = useState(view.devices[0]?.id ?? "plaintext");
  const [method, setMethod] = useState("GET");
  const [path, setPath] = useState("/");
  const [answer, setAnswer] = useState<AccessAnswer | undefined>();
  const [badMethod, setBadMethod] = useState(false);
  const { problem, send } = useCommand();
  const ask = () => {
    const [first] = readMethods(method) ?? [];
    setBadMethod(first === undefined);
    setAnswer(undefined);
    if (first === undefined) return;
    void send(() => ora.wouldAllow({ device, method: first, path })).then(setAnswer);
  };
  return (
    <section class="panel" aria-labelledby={id}>
      <h3 id={id}>{words.askTitle}</h3>
      <div class="form-grid form-grid-three">
        <DeviceChoice view={view} value={device} everybody={false} choose={setDevice} />
        <InputField
          label={words.method}
          value={method}
          problem={badMethod ? problems.bad_method : undefined}
          change={setMethod}
        />
        <InputField label={words.prefix} value={path} problem={problem} change={setPath} />
      </div>
      <div class="row">
        <Button press={ask}>{words.ask}</Button>
        <p class="row-main" role="status">
          {answer !== undefined && (
            <strong class={answer.allowed ? "rule-allow" : "rule-deny"}>
              {answer.allowed ? words.yes : words.no[answer.reason]}
            </strong>
          )}
        </p>
      </div>
    </section>
  );
}
