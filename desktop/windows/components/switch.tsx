/** On or off, saved at once. Shows what is so, not what was pressed: it turns when the main process says so. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface SwitchProps {
  readonly label: ComponentChildren;
  readonly help?: ComponentChildren;
  readonly problem?: string | undefined;
  readonly on: boolean;
  readonly busy?: boolean;
  readonly turn: (on: boolean) => void;
}

export function Switch({ label, help, problem, on, busy = false, turn }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        aria-disabled={busy || undefined}
        aria-describedby={`${id}-help`}
        onClick={(event) => {
          event.preventDefault();
          if (!busy) turn(!on);
        }}
      />
      <div id={`${id}-help`} class="field-help">
        {help}
        {problem !== undefined && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </div>
  );
}
