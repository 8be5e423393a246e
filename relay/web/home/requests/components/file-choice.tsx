/** A file of this device: chosen by a button of the page's own looks, and named with its size. */
import { useId } from "preact/hooks";
import { bytes } from "#shared/looks/format.ts";
import { shownLine } from "../body/shown-text.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";

export interface FileChoiceProps {
  readonly file: File | undefined;
  readonly choose: (file: File) => void;
  readonly label?: string;
}

export function FileChoice({ file, choose, label }: FileChoiceProps) {
  const texts = useRequestsTexts();
  const id = useId();
  return (
    <div class="api-file">
      <input
        id={id}
        type="file"
        class="api-file-input"
        aria-label={label}
        onChange={({ currentTarget: { files } }) => {
          const [chosen] = files ?? [];
          if (chosen !== undefined) choose(chosen);
        }}
      />
      <label for={id} class="button api-file-button">
        {file === undefined
          ? texts.chooseFile
          : texts.chosenFile(shownLine(file.name), bytes(file.size, texts.locale))}
      </label>
    </div>
  );
}
