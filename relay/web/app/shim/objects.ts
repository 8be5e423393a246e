/**
 * `<object>` and `<embed>`: browsers ask no worker for what they show, so an address of the app would reach the relay in
 * clear, and bring nothing. The worker's policy forbids them that (`response-headers.ts`), and here they become frames,
 * or pictures where they say that they are.
 */

const SELECTOR = "object, embed";
/** What a frame takes over. */
const KEPT: readonly string[] = ["class", "height", "id", "name", "style", "title", "width"];

export function frameObjects(options: {
  readonly document: Document;
  readonly isTunnelled: (address: string) => boolean;
}): void {
  const { document, isTunnelled } = options;
  const replace = (element: Element) => {
    const isObject = element instanceof HTMLObjectElement;
    if (!isObject && !(element instanceof HTMLEmbedElement)) return;
    const address = isObject ? element.data : element.src;
    if (address === "" || !isTunnelled(address)) return;
    const isPicture = /^image\/(?!svg)/i.test(element.type);
    const shown = document.createElement(isPicture ? "img" : "iframe");
    for (const name of KEPT) {
      const value = element.getAttribute(name);
      if (value !== null) shown.setAttribute(name, value);
    }
    if (shown.style.border === "") shown.style.border = "0";
    shown.src = address;
    element.replaceWith(shown);
  };
  const look = (node: Node) => {
    if (!(node instanceof Element)) return;
    replace(node);
    for (const inner of node.querySelectorAll(SELECTOR)) replace(inner);
  };
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === "attributes") look(target);
      for (const node of addedNodes) look(node);
    }
  }).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data", "src"],
  });
}
