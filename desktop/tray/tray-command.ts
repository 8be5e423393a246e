/** What the menu and notifications can ask for. Device and session ids are the node's own; nothing here is text from outside. */

export type TrayCommand =
  | { readonly name: "show_code" }
  | { readonly name: "new_code" }
  | { readonly name: "copy_link" }
  | { readonly name: "open_activity" }
  | { readonly name: "open_settings"; readonly section?: "relay" | "api" | "devices" | "app" | "about" }
  | { readonly name: "rename"; readonly device: string }
  | { readonly name: "try_now" }
  | { readonly name: "set_read_only"; readonly device: string; readonly on: boolean }
  | { readonly name: "revoke"; readonly device: string }
  | { readonly name: "revoke_session"; readonly session: string }
  | { readonly name: "revoke_all" }
  | { readonly name: "pause" }
  | { readonly name: "resume" }
  | { readonly name: "set_start_at_login"; readonly on: boolean }
  | { readonly name: "open_logs" }
  | { readonly name: "check_for_update" }
  | { readonly name: "open_release_page" }
  | { readonly name: "quit" };
