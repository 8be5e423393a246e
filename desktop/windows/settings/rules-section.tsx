/** What paired devices may do: the rules, a new one, and the question whether something would be allowed. */
import { Button } from "#shared/looks/button.tsx";
import { visible } from "#shared/looks/shorten-middle.ts";
import type { RuleView, SettingsView } from "../contract/settings-view.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import { NewRule } from "./new-rule.tsx";
import type { SectionProps } from "./section-props.ts";
import { WouldAllow } from "./would-allow.tsx";

export function RulesSection({ view, ora }: SectionProps) {
  const { settings } = useTexts();
  const { rules: words } = settings;
  const { problem, send } = useCommand();
  return (
    <div class="section">
      <p class="muted">{words.text}</p>
      {view.damagedRules.length > 0 && (
        <section class="panel panel-warn" role="alert">
          <strong>{words.damaged}</strong>
          <ul class="list">
            {view.damagedRules.map((number) => (
              <li key={number} class="row">
                <span class="row-main">{words.damagedRule(number)}</span>
                <Button
                  kind="plain"
                  bad
                  label={`${settings.remove}: ${words.damagedRule(number)}`}
                  press={() => void send(() => ora.removeRule({ number }))}
                >
                  {settings.remove}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="panel">
        {view.rules.length === 0 ? (
          <p>{words.emptyTitle}</p>
        ) : (
          <ul class="list">
            {view.rules.map((rule) => (
              <li key={rule.number} class="row">
                <RuleWords rule={rule} view={view} />
                <Button
                  kind="plain"
                  bad
                  label={`${settings.remove}: ${words.effects[rule.effect]} ${rule.methods.join(", ")} ${visible(rule.prefix)}`}
                  press={() => void send(() => ora.removeRule({ number: rule.number }))}
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
      <NewRule view={view} ora={ora} />
      <WouldAllow view={view} ora={ora} />
    </div>
  );
}

function RuleWords({ rule, view }: { readonly rule: RuleView; readonly view: SettingsView }) {
  const { settings } = useTexts();
  const { rules: words } = settings;
  const device = view.devices.find(({ id }) => id === rule.device);
  const who =
    rule.device === undefined
      ? undefined
      : rule.device === "plaintext"
        ? words.plaintextSessions
        : (device?.name ?? words.unknownDevice);
  return (
    <span class="row-main rule">
      <strong class={`rule-${rule.effect}`}>{words.effects[rule.effect]}</strong>{" "}
      <span class="mono small">{rule.methods.length === 0 ? words.allMethods : rule.methods.join(", ")}</span>{" "}
      <span class="mono small">
        <bdi>{visible(rule.prefix)}</bdi>
      </span>{" "}
      {who !== undefined && (
        <span class="tag">
          <bdi>{visible(who)}</bdi>
        </span>
      )}
    </span>
  );
}
