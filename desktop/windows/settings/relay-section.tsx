/** Where the relay is: its address, a test of every hop on the way, and the key that some relays ask for. */
import { useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { StatusChain } from "../components/chain.tsx";
import { StatusWords } from "../components/status-words.tsx";
import { TextField } from "../components/text-field.tsx";
import type { RelayTest } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";
import { useCommand } from "../dom/use-command.ts";
import { RelayTestResult } from "./relay-test-result.tsx";
import type { SectionProps } from "./section-props.ts";

const SECTION_FOR = { relay_settings: "relay", api_settings: "api", proxy_settings: "app" } as const;

export function RelaySection({ view, ora, open }: SectionProps) {
  const { settings } = useTexts();
  const { relay } = settings;
  const { values, firstRun, status } = view;
  const [typed, setTyped] = useState(values.relayUrl);
  const [tested, setTested] = useState<RelayTest | undefined>();
  const { busy, problem, send } = useCommand();
  const test = () => {
    setTested(undefined);
    void send(() => ora.testRelay({ url: typed })).then(setTested);
  };
  return (
    <div class="section">
      {firstRun ? (
        <div class="first-words">
          <StatusChain status={status} />
          <h1 class="first-title">{relay.firstRunTitle}</h1>
          <p>{relay.firstRunText}</p>
        </div>
      ) : (
        <section class="panel">
          <StatusChain status={status} />
          <StatusWords
            status={status}
            now={view.now}
            remedy={(remedy) => {
              if (remedy === "resume") void ora.resume();
              else if (remedy === "try_now") void ora.tryNow();
              else open(SECTION_FOR[remedy]);
            }}
          />
        </section>
      )}
      <TextField
        label={relay.address}
        help={relay.addressHelp}
        value={values.relayUrl}
        placeholder="wss://relay.example"
        code
        primary={firstRun}
        saveLabel={firstRun ? relay.connect : settings.save}
        typed={(text) => {
          setTyped(text);
          setTested(undefined);
        }}
        save={(value) => ora.saveSetting({ key: "relayUrl", value: value.trim() })}
      >
        <Button press={test} busy={busy || typed.trim() === ""}>
          {busy ? settings.testing : settings.test}
        </Button>
      </TextField>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {tested !== undefined && <RelayTestResult test={tested} />}
      <TextField
        label={relay.enrollKey}
        help={values.hasEnrollKey ? relay.enrollKeySet : relay.enrollKeyHelp}
        value=""
        secret
        placeholder={values.hasEnrollKey ? "••••••••" : ""}
        save={(value) => ora.setEnrollKey({ value })}
      >
        {values.hasEnrollKey && (
          <Button press={() => void send(() => ora.setEnrollKey({ value: "" }))}>{relay.forgetKey}</Button>
        )}
      </TextField>
    </div>
  );
}
