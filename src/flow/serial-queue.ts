/** Runs one act after the other, each when the one before has ended; whoever asked for one is told how it went. */
export function serialQueue(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    // What failed is told to whoever asked for it; the next one tries for itself.
    last = mine.catch(() => undefined);
    return mine;
  };
}
