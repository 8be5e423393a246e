/** A question before something that cannot be taken back, in the window's language. */
import { type DialogProps, Dialog as SharedDialog } from "#shared/looks/dialog.tsx";
import { useTexts } from "../dom/texts-context.ts";

export function Dialog(props: Omit<DialogProps, "cancelText">) {
  const { general } = useTexts();
  return <SharedDialog {...props} cancelText={general.cancel} />;
}
