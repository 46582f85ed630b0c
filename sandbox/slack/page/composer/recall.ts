/** What was sent before, oldest first, and which of it is in the message box now. */
export interface Recall {
  readonly sent: readonly string[];
  readonly at: number | undefined;
}

/** A recall after one key press, and the text to show if it changes. */
export interface Recalled {
  readonly recall: Recall;
  readonly text: string | undefined;
}

/** How many sent texts are kept. */
const KEPT = 50;

/** Keeps a sent text; the same text twice in a row is kept once. */
export function remember({ sent }: Recall, text: string): Recall {
  return { sent: sent.at(-1) === text ? sent : [...sent, text].slice(-KEPT), at: undefined };
}

/** One text further back. */
export function recallOlder(recall: Recall): Recalled {
  const at = Math.max((recall.at ?? recall.sent.length) - 1, 0);
  const text = recall.sent[at];
  return text === undefined ? { recall, text } : { recall: { ...recall, at }, text };
}

/** One text forward; after the newest comes the empty box. */
export function recallNewer(recall: Recall): Recalled {
  if (recall.at === undefined) return { recall, text: undefined };
  const at = recall.at + 1;
  const text = recall.sent[at];
  return text === undefined ? { recall: { ...recall, at: undefined }, text: '' } : { recall: { ...recall, at }, text };
}
