/**
 * A question before something that cannot be taken back. The button names what it does, and takes no press that began
 * before it could be seen; focus starts on the other one, so that a stray Enter does nothing. Esc says no.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

export interface DialogProps {
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
  /** The dangerous button's words. */
  readonly act: ComponentChildren;
  /** The other one's. */
  readonly cancelText: string;
  readonly busy?: boolean;
  readonly confirm: () => void;
  readonly cancel: () => void;
}

export function Dialog({ title, children, act, cancelText, busy = false, confirm, cancel }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector("button")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        cancel();
      }}
    >
      <div class="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
        <div class="buttons">
          <Button press={cancel}>{cancelText}</Button>
          <Button bad guarded press={confirm} busy={busy}>
            {act}
          </Button>
        </div>
      </div>
    </dialog>
  );
}
