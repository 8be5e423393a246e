/** What the status page says, in English and Japanese: whole sentences, and no number that tells a stranger anything. */

export const STATUS_LANGUAGES = ["en", "ja"] as const;

export type StatusLanguage = (typeof STATUS_LANGUAGES)[number];

export interface StatusFacts {
  readonly isDraining: boolean;
  /** One of several relays, and the bus between them is away. */
  readonly isCutOff: boolean;
  /** Who speaks TLS: the relay itself, something in front of it, or nobody. */
  readonly tls: "own" | "proxy" | "none";
  /** Whether encrypted sessions are served. */
  readonly encrypted: boolean;
  /** Where web apps open, or why they do not. */
  readonly apps: "subdomains" | "origin" | "off" | "not_chosen" | "no_public_url";
}

export interface StatusWords {
  readonly title: string;
  readonly up: string;
  readonly draining: string;
  readonly cutOff: string;
  readonly version: (version: string) => string;
  readonly tls: Readonly<Record<StatusFacts["tls"], string>>;
  readonly encrypted: Readonly<Record<"on" | "off", string>>;
  readonly apps: Readonly<Record<StatusFacts["apps"], string>>;
  readonly home: string;
}

export const STATUS_WORDS: Readonly<Record<StatusLanguage, StatusWords>> = {
  en: {
    title: "ORA relay",
    up: "This relay is up.",
    draining:
      "An update is under way: this relay ends in a moment, and paired devices come back by themselves.",
    cutOff:
      "This relay is up, but cut off from the other relays of its name: it does not find who is connected to those.",
    version: (version) => `Version ${version}.`,
    tls: {
      own: "Connections are protected by TLS, by the relay itself.",
      proxy: "Connections are protected by TLS, by the server in front of the relay.",
      none: "Connections to the relay are not protected by TLS.",
    },
    encrypted: {
      on: "What devices and PCs say to each other is encrypted from end to end: this relay cannot read it. Scripts that use the old plaintext protocol are the exception.",
      off: "Encrypted sessions are off, because the owner has not told this relay its public address.",
    },
    apps: {
      subdomains: "Web apps open, each PC's at an address of its own.",
      origin: "Web apps open, one PC's at a time.",
      off: "Web apps do not open: the owner has switched them off.",
      not_chosen: "Web apps do not open: the owner has not chosen an address for them.",
      no_public_url: "Web apps do not open: the owner has not told this relay its public address.",
    },
    home: "Your PCs",
  },
  ja: {
    title: "ORA リレー",
    up: "このリレーは動いています。",
    draining: "更新中です。このリレーはまもなく終了し、ペアリング済みの端末は自動的に再接続します。",
    cutOff:
      "このリレーは動いていますが、同じ名前のほかのリレーとの接続が切れています。ほかのリレーに接続している相手は見つかりません。",
    version: (version) => `バージョン ${version}`,
    tls: {
      own: "接続は、リレー自身の TLS で保護されています。",
      proxy: "接続は、リレーの手前にあるサーバーの TLS で保護されています。",
      none: "リレーへの接続は TLS で保護されていません。",
    },
    encrypted: {
      on: "端末と PC の通信は端から端まで暗号化され、このリレーには読めません。暗号化のない旧プロトコルを使うスクリプトだけは例外です。",
      off: "公開アドレスが設定されていないため、暗号化セッションは無効です。",
    },
    apps: {
      subdomains: "ウェブアプリを開けます。PC ごとに専用のアドレスがあります。",
      origin: "ウェブアプリを開けます。一度に 1 台の PC です。",
      off: "ウェブアプリは、所有者が無効にしています。",
      not_chosen: "ウェブアプリ用のアドレスが選ばれていないため、開けません。",
      no_public_url: "公開アドレスが設定されていないため、ウェブアプリを開けません。",
    },
    home: "あなたの PC",
  },
};
