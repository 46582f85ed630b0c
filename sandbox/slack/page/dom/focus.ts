/** Runs a redraw. If it removes the focused button, focuses its replacement, or else the column. */
export function keepingFocus(column: HTMLElement, redraw: () => void): void {
  const focused = document.activeElement;
  const wasInside = focused !== null && focused !== column && column.contains(focused);
  const identity = wasInside ? identityOf(focused) : undefined;
  redraw();
  if (!wasInside || document.activeElement === focused) return;
  const likeness = [...column.querySelectorAll<HTMLElement>('button, a')].find((one) => identityOf(one) === identity);
  (likeness ?? column).focus({ preventScroll: true });
}

function identityOf(target: Element): string {
  const ts = target.closest('[data-ts]')?.getAttribute('data-ts');
  const names = ['data-block', 'data-action', 'data-thread', 'href'].map((name) => target.getAttribute(name));
  return JSON.stringify([ts, ...names]);
}
