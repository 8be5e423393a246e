/** The API client for one PC: loaded when it is opened. The page around it draws the name and the way back. */
import type { RelaySession } from "#shared/client/relay-client.ts";
import type { Language } from "../texts/language.ts";

export interface RequestsPageProps {
  /** Whatever its state: the page around this one closes it. */
  readonly session: RelaySession;
  readonly pc: RequestsPc;
  readonly language: Language;
}

export interface RequestsPc {
  /** The PC's own id: the same as long as it is the same PC, also when it is paired anew. */
  readonly nodeId: string;
  /** As its owner calls it. Text from outside: never more than text. */
  readonly name: string;
}

export function RequestsPage({ pc }: RequestsPageProps) {
  return <p>{pc.name}</p>;
}
