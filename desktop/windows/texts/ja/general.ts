/** Japanese: what every window says. */

import type { Worded } from "#shared/looks/worded.ts";
import type { EnglishTexts } from "../english.ts";

export const general: Worded<EnglishTexts["general"]> = {
  locale: "ja-JP",
  noView: "表示できませんでした。このウィンドウを閉じて、トレイアイコンから開き直してください。",
  loading: "お待ちください…",
  cancel: "キャンセル",
  chain: "スマホからアプリまでの経路",
  hops: { phone: "スマホ", relay: "リレー", pc: "PC", app: "アプリ" },
  hopStates: { good: "正常", broken: "切断", resting: "休止中", behind: "未到達", waiting: "確認中" },
  remedies: {
    resume: "再開",
    try_now: "もう一度試す",
    relay_settings: "リレーの設定",
    api_settings: "アプリの設定",
    proxy_settings: "プロキシの設定",
  },
  retryIn: (seconds) => `${seconds} 秒後にもう一度接続します。`,
  yesterday: (time) => `昨日 ${time}`,
  status: (title, advice) => `${title}${advice}`,
};
