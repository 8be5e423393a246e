/** A button. `busy` keeps its place and focus while something is under way, and takes no second press. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useGuardedPress } from "./use-guarded-press.ts";

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly press: () => void;
  readonly kind?: "primary" | "plain" | undefined;
  readonly bad?: boolean;
  readonly busy?: boolean;
  /** What it does is asked for: a press that was meant for something else must not do it. */
  readonly guarded?: boolean;
  readonly label?: string | undefined;
  readonly describedBy?: string | undefined;
  readonly id?: string;
}

export function Button({
  children,
  press,
  kind,
  bad = false,
  busy = false,
  guarded = false,
  label,
  describedBy,
  id,
}: ButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const isUnsettled = useGuardedPress(button, guarded && !busy);
  const names = [
    "button",
    kind && `button-${kind}`,
    bad && "button-bad",
    isUnsettled && "button-unsettled",
  ].filter(Boolean);
  return (
    <button
      ref={button}
      type="button"
      id={id}
      class={names.join(" ")}
      aria-disabled={busy || isUnsettled || undefined}
      aria-label={label}
      aria-describedby={describedBy}
      onClick={() => {
        if (!busy) press();
      }}
    >
      {children}
    </button>
  );
}
