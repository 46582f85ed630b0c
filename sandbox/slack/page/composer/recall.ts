/** Sent texts, oldest first, and which of them is in the message box. */
export interface Recall {
  readonly sent: readonly string[];
  readonly at: number | undefined;
}

/** The recall after a key press, and the text to show if it changes. */
export interface Recalled {
  readonly recall: Recall;
  readonly text: string | undefined;
}

const KEPT = 50;

/** Adds a sent text; a repeated text is kept once. */
export function remember({ sent }: Recall, text: string): Recall {
  return { sent: sent.at(-1) === text ? sent : [...sent, text].slice(-KEPT), at: undefined };
}

/** Goes one text back. */
export function recallOlder(recall: Recall): Recalled {
  const at = Math.max((recall.at ?? recall.sent.length) - 1, 0);
  const text = recall.sent[at];
  return text === undefined ? { recall, text } : { recall: { ...recall, at }, text };
}

/** Goes one text forward; after the newest comes an empty box. */
export function recallNewer(recall: Recall): Recalled {
  if (recall.at === undefined) return { recall, text: undefined };
  const at = recall.at + 1;
  const text = recall.sent[at];
  return text === undefined ? { recall: { ...recall, at: undefined }, text: '' } : { recall: { ...recall, at }, text };
}
