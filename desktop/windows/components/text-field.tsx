/**
 * A field that is saved by itself: with Enter or the button that appears when it was changed. What the main process
 * refuses stays in the field, with the reason beside it; nothing of it was saved. Esc brings back what is saved.
 */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import type { Result } from "../contract/results.ts";
import { useTexts } from "../dom/texts-context.ts";

export interface TextFieldProps {
  readonly label: string;
  readonly help?: ComponentChildren;
  /** What is saved. A secret is never told: leave it empty. */
  readonly value: string;
  readonly save: (text: string) => Promise<Result<undefined>>;
  readonly saveLabel?: string;
  readonly secret?: boolean;
  readonly code?: boolean;
  readonly short?: boolean;
  readonly unit?: string;
  readonly placeholder?: string;
  /** Shows the button always, as the one thing to do. */
  readonly primary?: boolean;
  /** It was opened to be typed in. */
  readonly focus?: boolean;
  /** Told of each change, for a test of what is not saved yet. */
  readonly typed?: (text: string) => void;
  /** Further buttons of the same row. */
  readonly children?: ComponentChildren;
}

const PASSWORD = { type: "password" } as const;
const PLAIN = { type: "text" } as const;

type Outcome = { readonly kind: "saved" } | { readonly kind: "refused"; readonly why: string } | undefined;

export function TextField(props: TextFieldProps) {
  const {
    label,
    help,
    value,
    save,
    secret = false,
    code = false,
    short = false,
    unit,
    primary = false,
    focus = false,
  } = props;
  const { settings, problems } = useTexts();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [{ text }, setTyped] = useState({ text: value, saved: value });
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  // What is saved changes by the menu or another window too; what is being typed is left alone.
  useLayoutEffect(
    () => setTyped(({ text, saved }) => ({ text: text === saved ? value : text, saved: value })),
    [value],
  );
  useLayoutEffect(() => {
    if (focus) input.current?.select();
  }, [focus]);
  const isChanged = text !== value;

  const change = (next: string) => {
    setTyped(({ saved }) => ({ text: next, saved }));
    setOutcome(undefined);
    props.typed?.(next);
  };
  const submit = async () => {
    if (busy || (!isChanged && !primary)) return;
    setBusy(true);
    const result = await save(input.current?.value ?? text);
    setBusy(false);
    setOutcome(result.ok ? { kind: "saved" } : { kind: "refused", why: problems[result.problem] });
    if (result.ok && secret) setTyped(({ saved }) => ({ text: "", saved }));
  };
  const isRefused = outcome?.kind === "refused";
  const names = ["input", code && "input-code", short && "input-short"].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          ref={input}
          id={id}
          class={names}
          {...(secret ? PASSWORD : PLAIN)}
          autocomplete="off"
          spellcheck={false}
          placeholder={props.placeholder}
          value={text}
          aria-invalid={isRefused || undefined}
          aria-describedby={`${id}-help`}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.isComposing) void submit();
            if (event.key === "Escape" && isChanged) {
              event.stopPropagation();
              change(value);
            }
          }}
        />
        {unit !== undefined && <span class="field-unit">{unit}</span>}
        {(isChanged || primary) && (
          <Button kind="primary" busy={busy} press={() => void submit()}>
            {props.saveLabel ?? settings.save}
          </Button>
        )}
        {props.children}
      </div>
      <div id={`${id}-help`}>
        {isRefused && (
          <p class="field-problem" role="alert">
            {outcome.why}
          </p>
        )}
        {outcome?.kind === "saved" && !isChanged && (
          <p class="field-saved" role="status">
            {settings.saved}
          </p>
        )}
        {help !== undefined && <div class="field-help">{help}</div>}
      </div>
    </div>
  );
}
