/** The tray app in Japanese. */
import { shorten } from "../menu-label.ts";
import { MAX_ORIGIN_LENGTH, type TrayTexts } from "./texts.ts";

const paren = (detail: string) => (detail === "" ? "" : `（${detail}）`);
const gone =
  (why: string) =>
  ({ relay, since, detail }: { relay: string; since: string; detail: string }) =>
    `${since}から ${relay} に接続できません。${why}${paren(detail)}。`;

const STORE_FAILED = "変更を保存できませんでした。ORA を終了すると失われます。";
const itemsDamaged = (items: string) => `読めない項目があり、そのまま残しました（${items}）。`;

function apart(hours: string): string {
  const days = Math.round(Number(hours) / 24);
  return days >= 2 ? ` ${days} 日` : ` ${hours} 時間`;
}

export const ja: TrayTexts = {
  language: "ja",
  standing: {
    connected: { title: ({ relay, since }) => `${since}から ${relay} を通じて接続中です。`, advice: "" },
    connecting: {
      title: ({ relay }) => (relay === "" ? "起動しています…" : `${relay} に接続しています…`),
      advice: "",
    },
    no_relay: {
      title: () => "リレーがまだ設定されていません。",
      advice: "設定でリレーのアドレスを入力してください。",
    },
    asked: {
      title: () => "端末が接続の許可を求めています。",
      advice: "両方の画面の番号を見比べて、許可か拒否を選んでください。",
    },
    store_failed: {
      title: () => STORE_FAILED,
      advice: "キーチェーンのロックを解除して、もう一度変更してください。",
    },
    items_damaged: {
      title: ({ detail }) => itemsDamaged(detail),
      advice: "元に戻すか、設定で入力し直してください。",
    },
    paused: {
      title: ({ since }) => `${since}から一時停止中です。どの端末もこの PC に接続できません。`,
      advice: "「再開」を選ぶと、もう一度接続します。",
    },
    api_down: {
      title: ({ api, since }) => `${since}から ${api} のアプリが動いていません。`,
      advice: "アプリを起動するか、設定でアドレスを直してください。",
    },
    api_silent: {
      title: ({ api, since }) => `${since}から ${api} のアプリが応答しません。`,
      advice: "アプリが止まっていないか確かめるか、設定でアドレスを直してください。",
    },
    keychain_missing: {
      title: () => "この PC には使えるキーチェーンがありません。",
      advice:
        "キーチェーン（Linux では gnome-keyring か KWallet）を入れて、ORA を起動し直してください。それまで何も保存しません。",
    },
    keychain_locked: {
      title: () => "キーチェーンがロックされているか、応答しません。",
      advice: "ロックを解除して、「もう一度試す」を選んでください。",
    },
    keychain_failed: {
      title: ({ detail }) => `キーチェーンでエラーが起きました${paren(detail)}。`,
      advice: "「もう一度試す」を選んでください。直らないときは、サインインし直してください。",
    },
    store_damaged: {
      title: ({ detail }) => `キーチェーンの中に読めない項目があります${paren(detail)}。`,
      advice: "その項目には手を加えていません。元に戻すか、設定で入力し直してください。",
    },
    other_node: {
      title: () => "この PC では別の ORA がすでに動いています。",
      advice: "そちらを止めて、「もう一度試す」を選んでください。",
    },
    proxy_socks: {
      title: () => "システムのプロキシは SOCKS のため、ORA では使えません。",
      advice: "設定で「使わない」か HTTP プロキシを選んでください。",
    },
    start_failed: {
      title: () => "ORA を開始できませんでした。",
      advice: "「もう一度試す」を選んでください。理由は「ORA について」のログフォルダーにあります。",
    },
    relay_unreachable: {
      title: gone("リレーに届きません"),
      advice: "リレーが動いているか、アドレスが正しいかを確かめてください。",
    },
    relay_name_unknown: {
      title: gone("名前が見つかりません"),
      advice: "この PC がオンラインか、リレーのアドレスが正しいかを確かめてください。",
    },
    relay_timeout: {
      title: gone("応答がありません"),
      advice: "ファイアウォールが妨げているかもしれません。",
    },
    relay_untrusted: {
      title: gone("証明書を信頼できません"),
      advice: "リレーの管理者に問い合わせてください。",
    },
    relay_http_status: {
      title: gone("応答がリレーのものではありません"),
      advice: "リレーのアドレスのパスを確かめてください。",
    },
    not_a_relay: {
      title: gone("リレーではないものが応答しています"),
      advice: "リレーのアドレスとポートを確かめてください。",
    },
    proxy_failed: {
      title: gone("プロキシが通してくれません"),
      advice: "設定でプロキシを確かめてください。",
    },
    relay_silent: { title: gone("リレーの応答が途絶えました"), advice: "自動でつなぎ直します。" },
    relay_restarting: { title: gone("リレーが再起動しています"), advice: "自動でつなぎ直します。" },
    relay_closed: { title: gone("接続が閉じられました"), advice: "自動でつなぎ直します。" },
    relay_refused: {
      title: gone("リレーがこの PC を受け入れません"),
      advice: "設定で登録キーを確かめるか、リレーの管理者に問い合わせてください。",
    },
    relay_too_old: {
      title: gone("バージョンが合いません"),
      advice: "リレーとこのアプリの、古いほうを更新してください。",
    },
    relay_has_no_v2: {
      title: gone("リレーが暗号化接続に対応していません"),
      advice: "公開アドレスを設定するよう、リレーの管理者に頼んでください。",
    },
    relay_busy: { title: gone("リレーが混み合っています"), advice: "自動でつなぎ直します。" },
    message_too_big: {
      title: gone("リレーの上限を超えるデータがありました"),
      advice: "上限を上げるよう、リレーの管理者に頼んでください。",
    },
    id_in_use: {
      title: gone("この PC の ID が別のマシンで使われています"),
      advice: "そちらの ORA を止めるか、設定で「新しい ID」を選んでください。",
    },
  },
  notices: {
    store_failed: () => STORE_FAILED,
    items_damaged: itemsDamaged,
    old_relay: () => "このリレーはバージョン 1 のみのため、通信の内容を読めます。",
    enroll_key_withheld: () => "リレーまでの経路が暗号化されていないため、登録キーを送っていません。",
    relay_full: (detail) => `リレーに空きがなく、${detail} 台の端末を登録できません。`,
    plaintext_dropped: () => "暗号化されていない要求が届いたため、破棄しました。",
    clock_doubtful: (hours) =>
      `この PC とリレーの時計が${apart(hours)}ずれています。合うまでは、使っていない端末の登録を消しません。`,
    relay_named_otherwise: (origin) =>
      `リレーは ${shorten(origin, MAX_ORIGIN_LENGTH)} と名乗っています。リンクは設定のアドレスにつながります。`,
    update_available: (detail) => `バージョン ${detail} があります。`,
  },
  hops: { phone: "スマホ", relay: "リレー", pc: "PC", app: "アプリ" },
  menu: {
    showCode: "コードを表示",
    newCode: "新しいコード",
    copyLink: "リンクをコピー",
    answer: (name) => `${name} が接続の許可を求めています…`,
    devices: "端末",
    noDevices: "端末はまだありません",
    connected: "接続中",
    lastSeen: (when) => `最終接続 ${when}`,
    device: (name, presence) => `${name} – ${presence}`,
    rename: "名前を変更…",
    readOnly: "閲覧のみ",
    revoke: (name) => `${name} を取り消す…`,
    notEncrypted: (peer) => `${peer} – 暗号化なし`,
    unknownPeer: "不明なアドレス",
    endSession: "このセッションを終了",
    revokeAll: "すべて取り消す…",
    more: (count) => `ほか ${count} 台は設定で…`,
    activity: "アクティビティ",
    settings: "設定…",
    pause: "一時停止",
    resume: "再開",
    startAtLogin: "ログイン時に起動",
    about: "ORA について",
    version: (version) => `ORA Relay ${version}`,
    licences: "ライセンス",
    openLogs: "ログフォルダーを開く",
    newerRelease: (version) => `バージョン ${version} を入手…`,
    checkForUpdate: "新しいバージョンを確認",
    quit: "ORA を終了",
  },
  notify: {
    paired: (name) => `${name} がこの PC に接続できるようになりました`,
    pairedBody: (checkNumber) => `確認番号 ${checkNumber}。心当たりがなければ「元に戻す」で締め出せます。`,
    undo: "元に戻す",
    asks: (name) => `${name} が接続の許可を求めています`,
    asksBody: (checkNumber) =>
      `相手の画面の番号は ${checkNumber} のはずです。開いて許可か拒否を選んでください。`,
    plaintextPaired: (peer) => `${peer} のクライアントが暗号化なしで接続しました`,
    plaintextPairedBody: "リレーは内容を読めます。「端末」から終了できます。",
    undone: (name) => `${name} を締め出しました`,
    undoneBody: "もう一度接続するには、新しいコードが必要です。",
    expired: (name) => `${name} の登録を消しました`,
    expiredBody: "長いあいだ使われませんでした。必要なら、もう一度ペアリングしてください。",
    notStored: (name) => `${name} をペアリングできませんでした`,
    notStoredBody: "キーチェーンに保存できませんでした。何も変わっていません。",
    noRoomBody: "登録できる端末の数に達しています。どれかを取り消してください。",
    wrongCode: "間違ったコードが入力されました",
    wrongCodeBody: "そのコードはもう使えません。次のコードを用意しました。",
    linkCopied: "リンクをコピーしました",
    linkCopiedBody: "2 分間、1 回だけ使えます。自分以外には送らないでください。",
    nothingToCopy: "いまはリンクがありません",
    nothingToCopyBody: "リレーに接続すると表示されます。",
    newer: (version) => `バージョン ${version} があります`,
    newerBody: "開くとページを表示します。自動ではインストールしません。",
    newest: "最新のバージョンです",
    newestBody: (version) => `バージョン ${version} を使っています。`,
    notFoundOut: "新しいバージョンを確認できませんでした",
    notFoundOutBody: "配布ページが応答しません。時間をおいて、もう一度試してください。",
  },
  dialog: {
    cancel: "キャンセル",
    revoke: (name) => `${name} を取り消しますか？`,
    revokeBody: "実行中の操作はすぐに止まります。もう一度接続するには、新しいコードが必要です。",
    revokeButton: (name) => `${name} を取り消す`,
    revokeAll: (count) => `${count} 台の端末をすべて取り消しますか？`,
    revokeAllBody: "実行中の操作はすぐに止まります。どの端末も、もう一度接続するには新しいコードが必要です。",
    revokeAllButton: (count) => `${count} 台を取り消す`,
    notDone: "実行できませんでした",
    notDoneBody: "キーチェーンが変更を受け付けませんでした。ロックを解除して、もう一度試してください。",
    failedBody: "理由は「ORA について」のログフォルダーにあります。",
  },
  windows: { pairing: "端末をペアリング", activity: "アクティビティ", settings: "設定" },
};
