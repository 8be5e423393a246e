/** Tabs: one place in the tab order, walked by the arrow keys. */
import { useRef } from "preact/hooks";

export interface TabsProps<Name extends string> {
  readonly label: string;
  /** The id of what they switch. */
  readonly panel: string;
  readonly tabs: readonly (readonly [name: Name, text: string])[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
}

export function Tabs<Name extends string>({ label, panel, tabs, chosen, choose }: TabsProps<Name>) {
  const list = useRef<HTMLDivElement>(null);
  const at = tabs.findIndex(([name]) => name === chosen);
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = (at + step + tabs.length) % tabs.length;
    const tab = tabs[next];
    if (step === 0 || tab === undefined) return;
    event.preventDefault();
    choose(tab[0]);
    const button = list.current?.children[next];
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <div ref={list} class="api-tabs" role="tablist" aria-label={label} onKeyDown={walk}>
      {tabs.map(([name, text]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`${panel}-${name}`}
          class="api-tab"
          aria-selected={name === chosen}
          aria-controls={panel}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
