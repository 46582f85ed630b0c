import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { jsonIn } from '../../domain/text/json.ts';

/** Calls `onValue` with each line of JSON, and `onWrong` once for a line that is not JSON or too long; nothing is read after that. */
export function readLines(
  socket: Socket,
  mostBytes: number,
  onValue: (value: unknown) => void,
  onWrong: () => void,
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isOver = false;
  const onData = (chunk: Buffer): void => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    const values = lines.map((line) => (line.length > mostBytes ? undefined : jsonIn(line)));
    for (const value of values) {
      if (isOver) return;
      if (value === undefined) stop();
      else onValue(value);
    }
    if (rest.length > mostBytes && !isOver) stop();
  };
  const stop = (): void => {
    isOver = true;
    socket.off('data', onData);
    socket.resume();
    onWrong();
  };
  socket.on('data', onData);
}

/** A value as a line. */
export const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;
