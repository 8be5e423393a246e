/** 日本語 */
import type { AppTexts } from "./texts.ts";

export const JA: AppTexts = {
  language: "ja",
  problem: {
    client: () => ({
      title: "このブラウザーから PC に接続できません",
      advice: "リレーのページからアプリを開き直してください。",
    }),
    "client-relay": () => ({
      title: "リレーに接続できません",
      advice: "この端末のネットワークを確認してください。つながると自動で戻ります。",
    }),
    relay: () => ({
      title: "リレーは今この PC を中継していません",
      advice: "自動で戻ります。戻らないときはリレーの管理者に尋ねてください。",
    }),
    "relay-node": (name) => ({
      title: `${name} はオンラインではありません`,
      advice: "PC の電源とノードの動作を確認してください。つながると自動で戻ります。",
    }),
    asleep: (name) => ({
      title: `${name} はスリープ中です`,
      advice: "PC を起こしてください。つながると自動で戻ります。",
    }),
    node: (name) => ({
      title: `${name} で処理できませんでした`,
      advice: "もう一度試してください。続くときは PC のノードを確認してください。",
    }),
    "local-api": (name) => ({
      title: `${name} のアプリが応答していません`,
      advice: "PC でアプリを起動してください。応答すると自動で戻ります。",
    }),
  },
  tryAgain: "もう一度試す",
  login: (name) => `${name} のアプリが名前とパスワードを求めています`,
  loginWrong: "受け付けられませんでした。もう一度入力してください。",
  userName: "名前",
  password: "パスワード",
  send: "続ける",
  crossSite: "別のサイトがこのアプリに何かを送ろうとしました",
  crossSiteAdvice: "何も送っていません。アプリを開いて、そこで操作してください。",
  boot: {
    opening: "アプリを開いています",
    pairing: "このブラウザーを登録しています",
    notPaired: "このブラウザーはここに登録されていません",
    notPairedAdvice: "リレーのページで、この PC の一覧からアプリを開いてください。",
    revoked: (name) => `${name} はこのブラウザーの接続を取り消しました`,
    revokedAdvice: "PC で取り消されました。戻るにはリレーのページでもう一度ペアリングしてください。",
    failed: "うまくいきませんでした",
    failedAdvice: (code) => `リレーのページからアプリを開き直してください。（${code}）`,
    noRoom: "PC に登録できる端末の数に達しています",
    noRoomAdvice: "PC の端末の一覧で、どれかを取り消してください。",
    noWorker: "このブラウザーではアプリを開けません",
    noWorkerAdvice: "https とサービスワーカーが必要です。プライベートウィンドウでは使えないことがあります。",
    noStorage: "このブラウザーはここに保存できません",
    noStorageAdvice: "空き容量がないか、プライベートウィンドウで禁止されています。",
    otherPc: (name) => `別の PC のアプリがここで開かれています: ${name}`,
    otherPcAdvice: "このリレーではアプリの場所は一つです。開くと、もう一方は切断され、保存内容は消えます。",
    othersOpen: "もう一方のアプリのページがまだ開いています",
    othersOpenAdvice: "このアドレスのタブをすべて閉じてから、リレーのページでアプリを開き直してください。",
    replace: "こちらを開く",
    keep: "そのままにする",
    home: "リレーのページへ",
  },
};
