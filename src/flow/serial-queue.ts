/** Runs one act at a time, in order; each caller gets the result or the error of its own act. */
export function serialQueue(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    // The caller gets the error; the next act runs all the same.
    last = mine.catch(() => undefined);
    return mine;
  };
}
