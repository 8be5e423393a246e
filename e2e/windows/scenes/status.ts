/** How things can stand, in words such as the main process makes them. */
import type { Language, StatusView } from "../../../desktop/windows/contract/status-view.ts";
import { NOW } from "./now.ts";

type StatusName = "connected" | "connecting" | "relay_down" | "api_down" | "paused" | "no_relay";

export function status(language: Language, name: StatusName): StatusView {
  const say = (en: readonly [string, string], ja: readonly [string, string]) => {
    const [title, advice] = language === "ja" ? ja : en;
    return { title, advice };
  };
  switch (name) {
    case "connected":
      return {
        ring: "connected",
        code: "connected",
        ...say(
          ["Connected through relay.example since 09:12.", ""],
          ["09:12 から relay.example を通じて接続中です。", ""],
        ),
      };
    case "connecting":
      return {
        ring: "connecting",
        code: "connecting",
        brokenHop: "relay",
        remedy: "try_now",
        retryAt: NOW + 8_000,
        ...say(
          ["No connection to relay.example since 14:02: it does not answer.", "ORA keeps trying by itself."],
          ["14:02 から relay.example に接続できません。応答がありません。", "自動でつなぎ直します。"],
        ),
      };
    case "relay_down":
      return {
        ring: "attention",
        code: "relay_untrusted CERT_HAS_EXPIRED",
        brokenHop: "relay",
        remedy: "try_now",
        ...say(
          [
            "No connection to relay.example since 14:02: its certificate is not trusted.",
            "Ask whoever runs the relay.",
          ],
          [
            "14:02 から relay.example に接続できません。証明書を信頼できません。",
            "リレーの管理者に問い合わせてください。",
          ],
        ),
      };
    case "api_down":
      return {
        ring: "attention",
        code: "api_down",
        brokenHop: "app",
        remedy: "api_settings",
        ...say(
          [
            "The app at http://127.0.0.1:8000 has not been running since 14:02.",
            "Start it, or mend its address in the settings.",
          ],
          [
            "14:02 から http://127.0.0.1:8000 のアプリが動いていません。",
            "アプリを起動するか、設定でアドレスを直してください。",
          ],
        ),
      };
    case "paused":
      return {
        ring: "paused",
        code: "paused",
        brokenHop: "pc",
        remedy: "resume",
        ...say(
          ["Paused since 12:40: no device reaches this PC.", "Resume to let them in again."],
          [
            "12:40 から一時停止中です。どの端末もこの PC に接続できません。",
            "「再開」を選ぶと、もう一度接続します。",
          ],
        ),
      };
    case "no_relay":
      return {
        ring: "attention",
        code: "no_relay",
        brokenHop: "relay",
        remedy: "relay_settings",
        ...say(
          ["No relay has been chosen yet.", "Give its address in the settings."],
          ["リレーがまだ設定されていません。", "設定でリレーのアドレスを入力してください。"],
        ),
      };
  }
}
