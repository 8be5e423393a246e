/** Japanese: why something was not done, by its code. */

import type { Worded } from "#shared/looks/worded.ts";
import type { EnglishTexts } from "../english.ts";

export const problems: Worded<EnglishTexts["problems"]> = {
  bad_command: "実行できませんでした。このウィンドウを開き直してください。",
  gone: "すでにありません。",
  failed: "実行できませんでした。詳しくは「情報」のログフォルダーを見てください。",
  keychain_missing:
    "保存に使うキーチェーンがありません。インストールしてから、アプリを起動し直してください。",
  keychain_locked: "キーチェーンがロックされています。解除してから、もう一度試してください。",
  keychain_failed: "キーチェーンが応答しません。何も変更していません。もう一度試してください。",
  empty: "入力してください。",
  too_long: "長すぎます。",
  bad_characters: "ここでは使えない文字が含まれています。",
  bad_relay_url: "リレーのアドレスではありません。例: wss://relay.example",
  relay_not_encrypted: "インターネット経由では wss:// か https:// で始まるアドレスが必要です。",
  bad_api_url: "アプリのアドレスではありません。例: http://127.0.0.1:8000",
  api_not_local: "この PC や家庭内ネットワークのアドレスではありません。",
  bad_number: "1 から 3,650 までの整数を入力してください。",
  bad_proxy_url: "プロキシのアドレスではありません。例: http://proxy.example:3128",
  socks_proxy:
    "SOCKS プロキシは使えません。HTTP プロキシのアドレス（例: http://proxy.example:3128）を入力するか、「使わない」を選んでください。",
  bad_enroll_key: "登録キーは改行なしの 1 〜 256 文字です。",
  bad_prefix: "パスは / で始まり、? や // や %2F を含められません。",
  bad_method: "メソッドは GET, POST のように入力してください。",
  unknown_device: "この端末はペアリングされていません。",
  too_many: "これ以上は増やせません。先にどれかを削除してください。",
  bad_header_name: "ヘッダー名に使えるのは英数字とハイフンで、46 文字までです。",
  reserved_header: "このヘッダーは接続そのものが設定します。",
  bad_header_value: "値は改行なしの 1,800 文字までで、前後に空白は置けません。",
};
