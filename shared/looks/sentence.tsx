/** A sentence with something in it that is not text: the language decides where `{name}` stands. */
import type { ComponentChild } from "preact";

export interface SentenceProps {
  readonly text: string;
  readonly parts: Readonly<Record<string, ComponentChild>>;
}

export function Sentence({ text, parts }: SentenceProps) {
  const pieces = text.split(/\{(\w+)\}/);
  return <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : parts[piece]))}</>;
}
