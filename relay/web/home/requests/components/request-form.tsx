/** The request as it is being written, checked as it is, with the button that sends it or stops it. */
import { useId, useRef, useState } from "preact/hooks";
import { checkDraft, type DraftFault } from "../draft/check-draft.ts";
import { COMMON_METHODS, filled, type HeaderLine, type RequestDraft } from "../draft/draft.ts";
import { useRequestsTexts } from "../texts/texts-context.ts";
import { BodyEditor } from "./body-editor.tsx";
import { LineEditor } from "./line-editor.tsx";

const KNOWN_HEADERS = [
  "Accept",
  "Authorization",
  "Content-Type",
  "Cookie",
  "If-None-Match",
  "Range",
  "X-Api-Key",
];
const BLANK_HEADER: HeaderLine = { name: "", value: "" };

export interface RequestFormProps {
  readonly draft: RequestDraft;
  readonly change: (draft: RequestDraft) => void;
  readonly isRunning: boolean;
  readonly send: () => void;
  readonly cancel: () => void;
}

export function RequestForm({ draft, change, isRunning, send, cancel }: RequestFormProps) {
  const texts = useRequestsTexts();
  const id = useId();
  const [isTried, setTried] = useState(false);
  const faults = checkDraft(draft);
  const fault = (place: DraftFault["place"]) => faults.find((each) => each.place === place);
  const path = fault("path");
  const form = useRef<HTMLFormElement>(null);
  const submit = () => {
    setTried(faults.length > 0);
    if (faults.length === 0) return send();
    // Opened once: what a person opens and closes after that is left alone.
    openPart(form.current, "headers", fault("header"));
    openPart(form.current, "body", fault("json") ?? fault("file"));
    form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  };
  return (
    <form
      ref={form}
      class="panel api-request"
      aria-label={texts.request}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRunning) submit();
      }}
      onKeyDown={(event) => {
        const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
        if (isSend && event.target instanceof HTMLTextAreaElement && !isRunning) submit();
      }}
    >
      <MethodChoice method={draft.method} change={(method) => change({ ...draft, method })} />
      <div class="api-path">
        <label class="unseen" for={`${id}-path`}>
          {texts.path}
        </label>
        <input
          id={`${id}-path`}
          class="input mono"
          inputMode="url"
          enterkeyhint="send"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={draft.path}
          aria-invalid={path !== undefined || undefined}
          aria-describedby={`${id}-faults`}
          onInput={({ currentTarget }) => change({ ...draft, path: currentTarget.value })}
        />
      </div>
      <div id={`${id}-faults`} class="api-wide">
        {path !== undefined && <p class="field-problem">{texts.faults.path}</p>}
        <MethodFault fault={fault("method")} />
      </div>
      <details class="api-part api-wide" data-part="headers">
        <summary>{texts.headers(String(filled(draft.headers).length))}</summary>
        <LineEditor
          lines={draft.headers}
          blank={BLANK_HEADER}
          known={KNOWN_HEADERS}
          change={(headers) => change({ ...draft, headers })}
          words={{
            name: texts.headerName,
            value: texts.headerValue,
            remove: texts.removeHeader,
            add: texts.addHeader,
          }}
          fault={(line) => {
            const found = faults.find((each) => each.place === "header" && each.line === line);
            if (found?.place !== "header") return undefined;
            return found.why === "name" ? texts.faults.headerName : texts.faults.headerValue;
          }}
        />
      </details>
      <details class="api-part api-wide" data-part="body">
        <summary>{texts.body(texts.bodyKinds[draft.body.kind])}</summary>
        <BodyEditor body={draft.body} change={(body) => change({ ...draft, body })} faults={faults} />
        {isTried && fault("file") !== undefined && (
          <p class="field-problem" role="alert">
            {texts.faults.file}
          </p>
        )}
      </details>
      {isRunning ? (
        <button type="button" class="button api-wide" onClick={cancel}>
          {texts.cancel}
        </button>
      ) : (
        <button type="submit" class="button button-primary api-wide">
          {texts.send}
        </button>
      )}
    </form>
  );
}

function openPart(
  form: HTMLFormElement | null,
  part: "headers" | "body",
  fault: DraftFault | undefined,
): void {
  const details = form?.querySelector<HTMLDetailsElement>(`[data-part="${part}"]`);
  if (fault !== undefined && details) details.open = true;
}

function MethodFault({ fault }: { readonly fault: DraftFault | undefined }) {
  const texts = useRequestsTexts();
  if (fault?.place !== "method") return null;
  return <p class="field-problem">{texts.faults.method[fault.why]}</p>;
}

interface MethodChoiceProps {
  readonly method: string;
  readonly change: (method: string) => void;
}

function MethodChoice({ method, change }: MethodChoiceProps) {
  const texts = useRequestsTexts();
  const isCommon = COMMON_METHODS.some((common) => common === method);
  const [isOwn, setOwn] = useState(!isCommon);
  const showsOwn = isOwn || !isCommon;
  return (
    <>
      <select
        class="input api-method mono"
        aria-label={texts.method}
        value={showsOwn ? "" : method}
        onChange={({ currentTarget: { value } }) => {
          setOwn(value === "");
          if (value !== "") change(value);
        }}
      >
        {COMMON_METHODS.map((common) => (
          <option key={common} value={common}>
            {common}
          </option>
        ))}
        <option value="">{texts.otherMethod}</option>
      </select>
      {showsOwn && (
        <input
          class="input mono api-own-method"
          aria-label={texts.ownMethod}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          value={method}
          onInput={({ currentTarget }) => change(currentTarget.value.trim())}
        />
      )}
    </>
  );
}
