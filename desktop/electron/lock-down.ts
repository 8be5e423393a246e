/**
 * What no page may do, whatever got into it: no permission, no device, no request but to the pages' own scheme, no
 * navigation, no new window, no embedded page. Set once before any window exists.
 */
import type { ElectronPort, SessionPort, WebContentsPort } from "./electron-port.ts";
import { ORIGIN } from "./page-scheme.ts";

/** `ownRequest`: the one address that the app itself may ask; pages never. */
export function lockDownSession(session: SessionPort, ownRequest: string | undefined): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url, webContentsId }, callback) => {
    // Requests of the main process pass here too, and belong to no page.
    const isApp = webContentsId === undefined && url === ownRequest;
    callback({ cancel: !isApp && !isOwn(url) });
  });
  session.on("will-download", (event) => event.preventDefault());
}

export function lockDownContents(app: ElectronPort["app"]): void {
  app.on("web-contents-created", (_event, contents) => deny(contents));
}

function deny(contents: WebContentsPort): void {
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-frame-navigate", (event) => event.preventDefault());
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
}

/** Inline images of a page are part of it. */
function isOwn(url: string): boolean {
  return url.startsWith(`${ORIGIN}/`) || /^data:image\/(png|svg\+xml)[;,]/.test(url);
}
