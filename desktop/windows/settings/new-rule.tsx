/** A new rule. It is added when the main process finds it sound; else the reason stands beside its field. */
import { useId, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import type { Problem } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { readMethods } from "../view/method-list.ts";
import { DeviceChoice } from "./device-choice.tsx";
import { InputField } from "./input-field.tsx";
import type { SectionProps } from "./section-props.ts";

export function NewRule({ view, ora }: Omit<SectionProps, "open">) {
  const { settings, problems } = useTexts();
  const { rules: words } = settings;
  const id = useId();
  const [effect, setEffect] = useState<"allow" | "deny">("deny");
  const [methods, setMethods] = useState("");
  const [prefix, setPrefix] = useState("");
  const [device, setDevice] = useState("");
  const [problem, setProblem] = useState<Problem | undefined>();
  const add = async () => {
    const list = readMethods(methods);
    if (list === undefined) return setProblem("bad_method");
    const result = await ora.addRule({
      effect,
      methods: list,
      prefix: prefix.trim(),
      ...(device !== "" && { device }),
    });
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) return;
    setMethods("");
    setPrefix("");
  };
  const at = (...codes: readonly Problem[]) =>
    problem !== undefined && codes.includes(problem) ? problems[problem] : undefined;
  const prefixProblem = at("bad_prefix", "empty", "too_long", "bad_characters");
  const methodProblem = at("bad_method");
  const elsewhere =
    problem !== undefined && prefixProblem === undefined && methodProblem === undefined
      ? problems[problem]
      : undefined;
  return (
    <section class="panel" aria-labelledby={id}>
      <h3 id={id}>{words.add}</h3>
      <div class="form-grid">
        <div class="field">
          <label for={`${id}-effect`}>{words.effect}</label>
          <select
            id={`${id}-effect`}
            class="input"
            value={effect}
            onChange={(event) => setEffect(event.currentTarget.value === "allow" ? "allow" : "deny")}
          >
            <option value="deny">{words.effects.deny}</option>
            <option value="allow">{words.effects.allow}</option>
          </select>
        </div>
        <DeviceChoice view={view} value={device} choose={setDevice} />
        <InputField
          label={words.methods}
          help={words.methodsHelp}
          value={methods}
          problem={methodProblem}
          change={setMethods}
        />
        <InputField
          label={words.prefix}
          help={words.prefixHelp}
          value={prefix}
          problem={prefixProblem}
          change={setPrefix}
        />
      </div>
      {elsewhere !== undefined && (
        <p class="field-problem" role="alert">
          {elsewhere}
        </p>
      )}
      <div>
        <Button kind="primary" press={() => void add()}>
          {words.add}
        </Button>
      </div>
    </section>
  );
}
