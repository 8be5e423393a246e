/** Pairs of name and value, one under the other: headers, and fields of a form. */
import type { ComponentChild } from "preact";
import { useId } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import { useRequestsTexts } from "../texts/texts-context.ts";

interface Line {
  readonly name: string;
  readonly value: string;
}

/** How one line is called, from 1. */
type Named = (line: string) => string;

export interface LineEditorProps<L extends Line> {
  readonly lines: readonly L[];
  readonly blank: L;
  readonly change: (lines: readonly L[]) => void;
  readonly words: {
    readonly name: Named;
    readonly value: Named;
    readonly remove: Named;
    readonly add: string;
  };
  /** Names to choose from. */
  readonly known?: readonly string[];
  /** What is wrong with a line. */
  readonly fault?: (line: number) => string | undefined;
  /** In place of the value. */
  readonly instead?: (line: L, set: (line: L) => void, at: number) => ComponentChild;
  /** Under a line. */
  readonly below?: (line: L, set: (line: L) => void, at: number) => ComponentChild;
}

export function LineEditor<L extends Line>(props: LineEditorProps<L>) {
  const { lines, blank, change, words, known = [], fault, instead, below } = props;
  const texts = useRequestsTexts();
  const id = useId();
  const setLine = (at: number) => (line: L) =>
    change(lines.map((other, index) => (index === at ? line : other)));
  return (
    <div class="api-lines">
      <datalist id={`${id}-known`}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {lines.map((line, at) => {
        const set = setLine(at);
        const number = String(at + 1);
        const wrong = fault?.(at);
        const common = {
          class: "input mono",
          autocomplete: "off",
          autocapitalize: "off",
          spellcheck: false,
          "aria-invalid": wrong !== undefined || undefined,
          "aria-describedby": wrong === undefined ? undefined : `${id}-${at}`,
        } as const;
        return (
          <div key={at} class="api-line">
            <input
              {...common}
              list={`${id}-known`}
              aria-label={words.name(number)}
              placeholder={texts.name}
              value={line.name}
              onInput={({ currentTarget: { value } }) => set({ ...line, name: value })}
            />
            {instead?.(line, set, at) ?? (
              <input
                {...common}
                aria-label={words.value(number)}
                placeholder={texts.value}
                value={line.value}
                onInput={({ currentTarget }) => set({ ...line, value: currentTarget.value })}
              />
            )}
            <Button
              kind="plain"
              label={words.remove(number)}
              press={() => change(lines.filter((_, index) => index !== at))}
            >
              ✕
            </Button>
            {wrong !== undefined && (
              <p id={`${id}-${at}`} class="field-problem api-line-wide">
                {wrong}
              </p>
            )}
            {below?.(line, set, at)}
          </div>
        );
      })}
      <Button press={() => change([...lines, blank])}>{words.add}</Button>
    </div>
  );
}
