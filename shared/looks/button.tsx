/** A button. `busy` keeps its place and focus while something is under way, and takes no second press. */
import type { ComponentChildren } from "preact";

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly press: () => void;
  readonly kind?: "primary" | "plain" | undefined;
  readonly bad?: boolean;
  readonly busy?: boolean;
  readonly label?: string | undefined;
  readonly id?: string;
}

export function Button({ children, press, kind, bad = false, busy = false, label, id }: ButtonProps) {
  const names = ["button", kind && `button-${kind}`, bad && "button-bad"].filter(Boolean);
  return (
    <button
      type="button"
      id={id}
      class={names.join(" ")}
      aria-disabled={busy || undefined}
      aria-label={label}
      onClick={() => {
        if (!busy) press();
      }}
    >
      {children}
    </button>
  );
}
