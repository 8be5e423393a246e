/** The code as it stands under the QR, or a link that was copied. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { DeviceNameField } from "../parts/device-name-field.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";
import { troubleWords } from "../texts/trouble-words.ts";
import { useActs } from "../view/home-acts.ts";
import type { Scene } from "../view/home-view.ts";

/** A link with the longest address fits. UTF-16 units. */
const MAX_TYPED_LENGTH = 600;

export function CodeScene({ scene }: { readonly scene: Extract<Scene, { at: "code" }> }) {
  const texts = useTexts();
  const { code } = texts;
  const acts = useActs();
  const { trouble } = scene;
  const words = trouble && troubleWords(trouble.trouble, texts);
  const [text, setText] = useState("");
  const [deviceName, setDeviceName] = useState(scene.deviceName);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    input.current?.focus();
  }, [trouble]);
  return (
    <>
      <SceneBar title={code.title} />
      <main>
        <form
          class="scene"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            acts.submitCode(text, deviceName);
          }}
        >
          <div class="field">
            <label for={id}>{code.label}</label>
            <input
              ref={input}
              id={id}
              class="input code-input"
              type="text"
              placeholder="K7QX-9M2T"
              autocomplete="off"
              autocapitalize="characters"
              autocorrect="off"
              spellcheck={false}
              enterkeyhint="go"
              maxLength={MAX_TYPED_LENGTH}
              aria-invalid={trouble !== undefined || undefined}
              aria-describedby={`${id}-help`}
              value={text}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
            />
            <div id={`${id}-help`}>
              {trouble === undefined ? (
                <p class="field-help">{code.help}</p>
              ) : (
                <p class="field-problem" role="alert">
                  <strong>{words?.title}</strong> {words?.advice}
                </p>
              )}
            </div>
          </div>
          <DeviceNameField value={deviceName} typed={setDeviceName} />
          <button type="submit" class="button button-primary">
            {code.add}
          </button>
        </form>
      </main>
    </>
  );
}
