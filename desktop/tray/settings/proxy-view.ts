/** The proxy without its password, for a window; and back again, so that saving an address keeps the password it had. */
import type { ProxyView } from "../../windows/contract/settings-view.ts";
import type { ProxySetting } from "./tray-settings.ts";

export function proxyView(proxy: ProxySetting): ProxyView {
  if (proxy.kind !== "manual") return proxy;
  const url = new URL(proxy.url);
  const hasPassword = url.password !== "";
  url.password = "";
  return { kind: "manual", url: url.href.replace(/\/$/, ""), hasPassword };
}

/** What a window sends, with the stored password where it names the same user at the same proxy and gives none. */
export function withStoredPassword(given: ProxySetting, stored: ProxySetting): ProxySetting {
  if (given.kind !== "manual" || stored.kind !== "manual" || !URL.canParse(given.url)) return given;
  const url = new URL(given.url);
  const known = new URL(stored.url);
  const isSame = url.username !== "" && url.username === known.username && url.host === known.host;
  if (!isSame || url.protocol !== known.protocol || url.password !== "") return given;
  url.password = known.password;
  return { kind: "manual", url: url.href };
}
