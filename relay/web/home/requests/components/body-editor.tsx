/** The request's body: which kind, and what it says. Each kind keeps its text while another one is looked at. */
import { useId } from "preact/hooks";
import { Button } from "#shared/looks/button.tsx";
import type { DraftFault } from "../draft/check-draft.ts";
import { BODY_KINDS, type BodyDraft, type FormField } from "../draft/draft.ts";
import { formatJson } from "../json/format-json.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { FileChoice } from "./file-choice.tsx";
import { LineEditor } from "./line-editor.tsx";

export interface BodyEditorProps {
  readonly body: BodyDraft;
  readonly change: (body: BodyDraft) => void;
  readonly faults: readonly DraftFault[];
}

const BLANK_FIELD: FormField = { name: "", value: "" };

export function BodyEditor({ body, change, faults }: BodyEditorProps) {
  const texts = useRequestsTexts();
  const id = useId();
  return (
    <div class="api-body">
      <div class="api-kinds" role="radiogroup" aria-label={texts.bodyKind}>
        {BODY_KINDS.map((kind) => (
          <label key={kind} class="api-kind">
            <input
              type="radio"
              name={id}
              checked={kind === body.kind}
              onChange={() => change(opened({ ...body, kind }))}
            />
            <span>{texts.bodyKinds[kind]}</span>
          </label>
        ))}
      </div>
      <Content body={body} change={change} faults={faults} />
    </div>
  );
}

/** A form begins with a line to fill in. */
function opened(body: BodyDraft): BodyDraft {
  return body.kind === "form" && body.fields.length === 0 ? { ...body, fields: [BLANK_FIELD] } : body;
}

function Content({ body, change, faults }: BodyEditorProps) {
  const texts = useRequestsTexts();
  switch (body.kind) {
    case "none":
      return null;
    case "json":
      return <JsonBody body={body} change={change} faults={faults} />;
    case "text":
      return (
        <textarea
          class="input mono api-area"
          rows={6}
          aria-label={texts.bodyText}
          autocapitalize="off"
          spellcheck={false}
          value={body.text}
          onInput={({ currentTarget }) => change({ ...body, text: currentTarget.value })}
        />
      );
    case "form":
      return <FormBody body={body} change={change} faults={faults} />;
    case "file":
      return (
        <>
          <FileChoice file={body.file} choose={(file) => change({ ...body, file })} />
          <p class="muted small">{texts.filesNotSaved}</p>
        </>
      );
  }
}

function JsonBody({ body, change, faults }: BodyEditorProps) {
  const texts = useRequestsTexts();
  const id = useId();
  const fault = faults.find(({ place }) => place === "json");
  const why = fault?.place === "json" ? fault.why : undefined;
  const words =
    why === undefined
      ? texts.isJson
      : why.isEnd
        ? texts.faults.jsonEnd
        : texts.faults.json(String(why.line), String(why.column));
  return (
    <>
      <textarea
        class="input mono api-area"
        rows={6}
        aria-label={texts.bodyJson}
        aria-describedby={id}
        aria-invalid={(why !== undefined && !why.isEnd) || undefined}
        autocapitalize="off"
        spellcheck={false}
        value={body.json}
        onInput={({ currentTarget }) => change({ ...body, json: currentTarget.value })}
      />
      <div class="api-under">
        <p
          id={id}
          class={`small ${why === undefined ? "field-saved" : why.isEnd ? "muted" : "field-problem"}`}
        >
          {words}
        </p>
        <Button
          kind="plain"
          busy={why !== undefined}
          press={() => change({ ...body, json: formatJson(body.json) })}
        >
          {texts.formatJson}
        </Button>
      </div>
    </>
  );
}

function FormBody({ body, change }: BodyEditorProps) {
  const texts = useRequestsTexts();
  const words = {
    name: texts.fieldName,
    value: texts.fieldValue,
    remove: texts.removeField,
    add: texts.addField,
  };
  return (
    <LineEditor<FormField>
      lines={body.fields}
      blank={BLANK_FIELD}
      change={(fields) => change({ ...body, fields })}
      words={words}
      below={(line, set, at) => (
        <div class="api-line-wide api-field-file">
          <FileChoice
            file={line.file}
            label={texts.fileForField(String(at + 1))}
            choose={(file) => set({ ...line, file })}
          />
          {line.file !== undefined && (
            <Button
              kind="plain"
              label={texts.textForField(String(at + 1))}
              press={() => set({ name: line.name, value: line.value })}
            >
              {texts.textInstead}
            </Button>
          )}
        </div>
      )}
      instead={(line) =>
        line.file === undefined ? null : <span class="muted small">{texts.bodyKinds.file}</span>
      }
    />
  );
}
