/** What one trial came to. */
export interface Row {
  readonly what: string;
  readonly seen: string;
  /** It came back by itself, or said what happened. */
  readonly isRight: boolean;
}
