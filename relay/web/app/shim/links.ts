/**
 * Links, forms and windows that lead to the app under the name that it has on its PC. A worker sees no navigation to
 * another origin, so their addresses are changed before the browser follows them.
 */

export function followLinksHere(options: {
  readonly document: Document;
  readonly window: Window;
  /** The address here of one of the app on its PC. */
  readonly here: (address: string) => string | undefined;
}): void {
  const { document, window, here } = options;
  const leads = (event: Event) => {
    for (const target of event.composedPath()) {
      if (!(target instanceof HTMLAnchorElement) && !(target instanceof HTMLAreaElement)) continue;
      const address = here(target.href);
      if (address !== undefined) target.href = address;
      return;
    }
  };
  for (const type of ["click", "auxclick"]) document.addEventListener(type, leads, true);
  document.addEventListener(
    "submit",
    ({ target, submitter }: SubmitEvent) => {
      if (target instanceof HTMLFormElement) mapAction(target, "action", here);
      if (submitter?.hasAttribute("formaction")) mapAction(submitter, "formaction", here);
    },
    true,
  );
  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function () {
    mapAction(this, "action", here);
    submit.call(this);
  };
  const { open } = window;
  window.open = (url, ...rest) => {
    const address =
      url === undefined || url === "" ? undefined : here(new URL(String(url), document.baseURI).href);
    return open.call(window, address ?? url, ...rest);
  };
}

function mapAction(element: Element, name: string, here: (address: string) => string | undefined): void {
  const written = element.getAttribute(name);
  if (written === null || !URL.canParse(written, document.baseURI)) return;
  const address = here(new URL(written, document.baseURI).href);
  if (address !== undefined) element.setAttribute(name, address);
}
