/** Japanese: the pairing window. */

import type { Worded } from "#shared/looks/worded.ts";
import type { EnglishTexts } from "../english.ts";

export const pairing: Worded<EnglishTexts["pairing"]> = {
  title: "端末をペアリング",
  scanOrType: "カメラで読み取るか、コードを {address} で入力してください。",
  scanOnly: "スマホのカメラで読み取ってください。",
  timeLeft: (time) => `残り ${time} で次のコードに変わります。`,
  qr: "ペアリング用リンクの QR コード",
  code: (spelled) => `ペアリング用コード: ${spelled}`,
  newCodeShown: "新しいコードを表示しました。",
  copyLink: "リンクをコピー",
  copyCode: "コードをコピー",
  newCode: "新しいコード",
  copied: "コピーしました",
  guessesTitle: "間違ったコードが 3 回入力されました。",
  guessesAdvice:
    "入力用のコードは表示を止めています。QR コードを読み取るか、新しいコードを表示してください。",
  plaintextTitle: "暗号化なし",
  plaintextText: "暗号化できないスクリプト用です。やり取りの内容はリレーから見えます。",
  hiddenTitle: "画面のロック中はコードを表示しません。",
  hiddenAdvice: "ロックを解除すると、また表示されます。",
  noCodeTitle: "次のコードを準備しています。",
  noCodeAdvice: "リレーが受け付けると表示します。",
  wantsIn: "{name} が接続の許可を求めています",
  compare: "相手の画面に同じ番号が出ているときだけ、許可してください。",
  byLink: "リンクまたは QR コードが使われました。",
  byCode: "入力用のコードが使われました。",
  saysItIs: "{client} と名乗っています。",
  refusedIn: (time) => `残り ${time} で自動的に断ります。`,
  checkNumber: (digits) => `確認番号 ${digits}`,
  allow: "許可",
  refuse: "許可しない",
  moreWait: (count) => `ほかに ${count} 台が待っています。`,
  pairedTitle: "{name} をペアリングしました",
  pairedText: (digits) => `この端末からアプリを使えます。確認番号は ${digits} でした。`,
  undo: "元に戻す",
  done: "完了",
  undone: "ペアリングを取り消しました。",
  pcAsName: "この PC",
};
