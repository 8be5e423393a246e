/** The home page in Japanese. */
import type { Texts } from "./texts.ts";

export const japanese: Texts = {
  locale: "ja-JP",
  title: "ORA",
  back: "戻る",
  cancel: "キャンセル",
  loading: "お待ちください…",
  yesterday: (time) => `昨日 ${time}`,
  chain: "この端末からアプリまでの経路",
  hops: { phone: "端末", relay: "リレー", pc: "PC", app: "アプリ" },
  hopStates: { good: "正常", broken: "切断", resting: "スリープ中", behind: "未到達", waiting: "確認中" },
  list: {
    heading: "自分の PC",
    add: "PC を追加",
    emptyTitle: "PC はまだありません。",
    emptyText:
      "PC で ORA を開くと、QR コードと入力用のコードが表示されます。ここで読み取るか入力すると、PC のアプリがこの端末で使えます。",
    unreadTitle: "PC の一覧を読み込めませんでした。",
    unreadText:
      "このブラウザーの保存領域が応答しません。保存内容はそのままです。このページのほかのタブを閉じて、もう一度読み込んでください。それでもだめなら、ブラウザーを再起動してください。",
    unreadAgain: "もう一度読み込む",
    emptyHow: "PC に ORA がまだないときは、先に ORA Relay を入れてください。",
    openApp: "アプリを開く",
    opening: "開いています…",
    requests: "リクエスト",
    more: (name) => `${name} の名前と設定`,
    tryNow: "今すぐ接続",
    pairAgain: "ペアリングし直す",
    retryIn: (seconds) => `${seconds} 秒後にもう一度接続します。`,
    appOff:
      "「アプリを開く」は使えません。このリレーにはアプリ用のアドレスがありません。リレーの管理者が ORA_RELAY_APPS で設定できます。",
    appInsecure: "「アプリを開く」には https のページが必要です。「リクエスト」はここでも使えます。",
    tabBlocked: "ブラウザーが新しいタブを許可しませんでした。このページに許可して、もう一度試してください。",
    openFailed: (code) => `アプリを開けませんでした。もう一度試してください。（${code}）`,
  },
  line: { connected: "接続中", connecting: "接続しています…", pending: "PC の確認を待っています" },
  since: {
    offline: (time) => `${time}からオフライン`,
    relay_unreachable: (time) => `${time}からリレーに届きません`,
    relay_untrusted: (time) => `${time}からリレーを信頼できません`,
    connection_lost: (time) => `${time}に接続が切れました`,
    not_a_relay: (time) => `${time}からリレーの応答なし`,
    relay_restarting: (time) => `${time}からリレーが再起動中`,
    relay_busy: (time) => `${time}からリレーが混雑`,
    maybe_revoked: (time) => `${time}から通してもらえません`,
    pc_offline: (time) => `${time}から PC に届きません`,
    pc_asleep: (time) => `${time}から PC がスリープ中`,
    pc_stopped: (time) => `${time}に PC の ORA が終了`,
    pc_busy: (time) => `${time}から PC が混雑`,
    revoked: (time) => `${time}に PC で取り消し`,
    versions: (time) => `${time}からバージョン不一致`,
    not_authentic: (time) => `${time}から本物の PC の応答なし`,
    app_down: (time) => `${time}からアプリの応答なし`,
    key_lost: (time) => `${time}に鍵が消失`,
    other: (time) => `${time}から未接続`,
  },
  trouble: {
    offline: {
      title: "この端末はオフラインです。",
      advice: "機内モードを切るか、電波の届く場所に移ってください。自動でつなぎ直します。",
    },
    relay_unreachable: {
      title: "リレーに届きません。",
      advice:
        "ほかのページが開けるなら、リレーが止まっているかもしれません。管理者に問い合わせてください。自動でつなぎ直します。",
    },
    relay_untrusted: {
      title: "リレーの証明書が有効ではありません。",
      advice: "この端末の日付と時刻を確かめてください。正しければ、リレーの管理者に問い合わせてください。",
    },
    connection_lost: { title: "接続が切れました。", advice: "自動でつなぎ直します。" },
    not_a_relay: {
      title: "応答した相手は、暗号化した接続に対応していません。",
      advice: "リレーの更新か公開アドレスの設定を、管理者に頼んでください。",
    },
    relay_restarting: { title: "リレーが再起動しています。", advice: "まもなくつなぎ直します。" },
    relay_busy: { title: "リレーが混み合っています。", advice: "少しお待ちください。自動でつなぎ直します。" },
    maybe_revoked: {
      title: "リレーがこの端末を通してくれません。",
      advice:
        "PC で取り消されたのかもしれません。PC の端末の一覧を見て、この端末がなければペアリングし直してください。ここでは何も消していません。",
    },
    pc_offline: {
      title: "リレーには届きましたが、PC に届きません。",
      advice: "PC の電源とネットワーク、ORA が動いているかを確かめてください。",
    },
    pc_asleep: { title: "PC はスリープ中です。", advice: "PC が目を覚ますと、自動でつながります。" },
    pc_stopped: { title: "PC の ORA が終了しました。", advice: "PC で起動すると、自動でつながります。" },
    pc_busy: { title: "PC が混み合っています。", advice: "少しお待ちください。自動でつなぎ直します。" },
    revoked: {
      title: "この PC は、もうこの端末を受け入れません。",
      advice: "PC で取り消されました。また使うには、PC で新しいコードを出してペアリングし直してください。",
    },
    versions: {
      title: "このページと PC の ORA のバージョンが合いません。",
      advice: "PC の ORA を更新し、このページを読み込み直してください。",
    },
    not_authentic: {
      title: "応答したのは自分の PC ではありません。",
      advice:
        "途中の何かが代わりに応答しました。そこには何も送っていません。続くときは、このリレーを使わないでください。",
    },
    app_down: {
      title: "PC には届きましたが、アプリに届きません。",
      advice: "PC でアプリを起動してください。動いているなら、PC の ORA の設定でアドレスを確かめてください。",
    },
    key_lost: {
      title: "このブラウザーから PC 用の鍵が失われました。",
      advice: "PC で新しいコードを出して、ペアリングし直してください。",
    },
    other: { title: "うまくいきませんでした。", advice: "自動でもう一度試します。" },
  },
  pairTrouble: {
    no_code: {
      title: "コードでもリンクでもありません。",
      advice: "コードは K7QX-9M2T のような 8 文字の英数字です。PC の QR コードの下に表示されます。",
    },
    mangled_link: {
      title: "リンクが壊れています。",
      advice:
        "一部が欠けているか、変わっています。PC の QR コードを読み取るか、その下のコードを入力してください。",
    },
    old_link: {
      title: "別のバージョンのリンクです。",
      advice: "このページを読み込み直すか、PC に表示されているコードを入力してください。",
    },
    plaintext_code: {
      title: "それは暗号化なしのクライアント用のコードです。",
      advice: "4 文字ずつに分かれた、もう一つのコードを使ってください。",
    },
    code_unknown: {
      title: "リレーはそのコードを知りません。",
      advice:
        "入力の間違い、使用済み、または 2 分を過ぎたコードです。いま PC に表示されているコードを確かめてください。",
    },
    code_used: {
      title: "使用済みか、古いコードです。",
      advice: "コードは 1 回だけ、2 分間使えます。いま PC に表示されているものを使ってください。",
    },
    code_spent: {
      title: "ペアリングの途中で接続が切れました。",
      advice: "そのコードはもう使えません。PC に次に表示されるコードを使ってください。",
    },
    wrong_code: {
      title: "コードが違います。",
      advice: "そのコードはもう試せません。PC に次に表示されるコードを使ってください。",
    },
    refused: {
      title: "PC で拒否されました。",
      advice: "PC の持ち主がこの端末を許可しませんでした。確かめてから、新しいコードでやり直してください。",
    },
    pc_full: {
      title: "PC に登録できる端末の数に達しています。",
      advice: "PC の端末の一覧でどれかを取り消してから、新しいコードでペアリングし直してください。",
    },
    unconfirmed: {
      title: "PC の確認が届きませんでした。",
      advice: "うまくいっている可能性もあります。PC は一覧に入れました。次の接続で決まります。",
    },
  },
  add: {
    title: "PC を追加",
    text: "PC の ORA に、QR コードと入力用のコードが表示されます。",
    scan: "QR コードを読み取る",
    type: "コードを入力",
    scanInsecure:
      "カメラを使うには https のページが必要です。コードを入力するか、スマホのカメラアプリで読み取ってください。",
    scanAbsent:
      "このブラウザーではページからカメラを使えません。コードを入力するか、スマホのカメラアプリで読み取ってください。",
    cameraApp: "スマホのカメラアプリでも読み取れます。このページが開きます。",
  },
  scan: {
    title: "QR コードを読み取る",
    text: "枠いっぱいに QR コードを写してください。",
    starting: "カメラを待っています…",
    looking: "QR コードを探しています",
    foreign: "ORA の QR コードではありません。",
    denied: "このページにはカメラが許可されていません。",
    deniedAdvice: "ブラウザーの設定で許可するか、コードを入力してください。",
    noCamera: "カメラが見つかりません。",
    busyCamera: "カメラはほかで使われています。",
    typeAdvice: "コードを入力してください。",
    again: "もう一度試す",
    type: "コードを入力",
  },
  code: {
    title: "コードを入力",
    label: "コードまたはリンク",
    help: "PC の QR コードの下に表示されている 8 文字の英数字です。大文字と小文字は区別しません。",
    deviceName: "この端末の名前",
    deviceNameHelp: "PC の端末の一覧で見分けるための名前です。",
    add: "この PC を追加",
  },
  question: {
    title: "この PC を追加しますか？",
    text: "ペアリングのリンクが開かれました。自分の PC の画面から開いたものなら追加してください。PC で取り消すまで、この端末からその PC のアプリを使えます。",
    stranger: "誰かから送られたリンクで、自分の PC でないなら、追加しないでください。",
    known: (name) => `この PC は「${name}」として一覧にあります。追加すると置き換わります。`,
    through: (host) => `リレー ${host} を通じて接続します。`,
    add: "この PC を追加",
    no: "追加しない",
    notKept: "このブラウザーには何も保存されません。タブを閉じると、PC は消えます。",
    addForTab: "タブを閉じるまで追加",
  },
  elsewhere: {
    title: "この PC は別のリレーを使っています。",
    text: (host) => `ページは ${host} にあります。一覧もここのものとは別です。`,
    go: (host) => `${host} を開く`,
  },
  pairing: {
    title: "PC を追加しています…",
    text: "コードを知っていることを、互いに証明しています。",
    checkTitle: "両方の画面の番号は同じですか？",
    check: "確認番号",
    checkText: (name) =>
      `${name} にも同じ番号が表示されます。尋ねられたら、PC でこの端末を許可してください。`,
    numberDiffers: "番号が違うときは、キャンセルしてください。途中に誰かがいます。",
  },
  paired: {
    title: (name) => `${name} を追加しました`,
    text: "PC の画面の番号と比べてください。違っていたら、ここで PC を削除し、PC でこの端末を取り消してください。",
    done: "完了",
    differs: "番号が違うので削除する",
    notKept: "このブラウザーには保存されないので、タブを閉じるまで使えます。",
  },
  failed: { unspent: "もう一度試す", again: "別のコードを試す", done: "一覧に戻る" },
  pc: {
    nameLabel: "この端末での名前",
    nameHelp: (name) => `PC 自身の名前は「${name}」です。空にするとその名前になります。`,
    deviceLabel: "PC でのこの端末の名前",
    deviceHelp: "PC の端末の一覧に表示されます。",
    deviceOffline: "PC に接続しているときに変更できます。",
    deviceSent: "PC に伝えました。",
    save: "保存",
    saved: "保存しました。",
    notSaved: "保存できませんでした。このブラウザーの保存領域に書き込めません。",
    forget: "この PC を削除",
    forgetTitle: (name) => `${name} を削除しますか？`,
    forgetText: "この端末にある鍵を消します。元には戻せません。また使うには、PC の新しいコードが必要です。",
    forgetThere: "PC の一覧には、PC で取り消すまでこの端末が残ります。",
    forgetAct: (name) => `${name} を削除`,
  },
  notices: {
    plainHttp: {
      title: "このページは https ではありません。",
      text: "PC とのやり取りは暗号化されますが、同じネットワークの誰かがこのページを書き換えている可能性があります。自宅で試すときに使ってください。カメラ、「アプリを開く」、オフラインでの表示には https が必要です。",
    },
    notKept: {
      absent: {
        title: "このブラウザーには何も保存されません。",
        text: "プライベートウィンドウや、保存が無効な設定では保存できません。追加した PC は、タブを閉じると消えます。",
      },
      full: {
        title: "この端末の空き容量がありません。",
        text: "これからの変更は、タブを閉じると消えます。空きを作ってから、読み込み直してください。",
      },
      failed: {
        title: "このブラウザーの保存領域が応答しません。",
        text: "これからの変更は、タブを閉じると消えます。このページのほかのタブを閉じて、読み込み直してみてください。",
      },
    },
    damaged: (count) =>
      `読めない PC が ${count} 件あり、そのまま残しました。必要なら、ペアリングし直してください。`,
    outdated: { title: "このページの新しいバージョンがあります。", act: "読み込み直す" },
  },
  footer: {
    relay: (host) => `リレー：${host}`,
    blind: "PC とのやり取りを運びますが、内容は読めません。",
    language: "言語",
    languages: { en: "English", ja: "日本語" },
    install: "このページをインストール",
    version: (version) => `ORA Relay ${version}`,
  },
  requests: {
    title: "リクエスト",
    failed: "ページのこの部分を読み込めませんでした。",
    reload: "読み込み直す",
  },
  deviceNames: {
    iphone: "iPhone",
    ipad: "iPad",
    android: "Android スマホ",
    mac: "Mac",
    windows: "Windows PC",
    linux: "Linux PC",
    other: "端末",
  },
};
