/** The proxy on the way to the relay. "This one" is saved with its address, and not before there is one. */
import { useLayoutEffect, useState } from "preact/hooks";
import { Choices } from "../components/choices.tsx";
import { TextField } from "../components/text-field.tsx";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import type { SectionProps } from "./section-props.ts";

export function ProxyField({ view, ora }: Omit<SectionProps, "open">) {
  const { settings } = useTexts();
  const { app: words } = settings;
  const { proxy } = view.values;
  const [kind, setKind] = useState(proxy.kind);
  useLayoutEffect(() => setKind(proxy.kind), [proxy.kind]);
  const { problem, send } = useCommand();
  return (
    <div class="field">
      <Choices
        label={words.proxy}
        chosen={kind}
        choices={[
          ["system", words.proxies.system],
          ["none", words.proxies.none],
          ["manual", words.proxies.manual],
        ]}
        choose={(next) => {
          setKind(next);
          if (next !== "manual") void send(() => ora.saveSetting({ key: "proxy", value: { kind: next } }));
        }}
      />
      {kind === "manual" && (
        <TextField
          label={words.proxyAddress}
          help={proxy.kind === "manual" && proxy.hasPassword ? words.proxyPassword : words.proxyHelp}
          value={proxy.kind === "manual" ? proxy.url : ""}
          placeholder="http://proxy.example:3128"
          code
          save={(url) => ora.saveSetting({ key: "proxy", value: { kind: "manual", url: url.trim() } })}
        />
      )}
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
