import type { Progress } from '../../domain/change/change.ts';
import { bytesInWords, secondsInWords } from '../../domain/text/format.ts';
import { cleanLine } from '../../domain/text/printable.ts';

/** `1.2 GB of 1.8 GB (66 %), 95.0 MB/s, 7 s left`. */
export function progressInWords(progress: Progress): string {
  const { done, total, unit, rate, secondsLeft, note } = progress;
  if (unit === 'wait') return cleanLine(note ?? 'Waiting.');
  return [
    unit === 'bytes'
      ? `${bytesInWords(done)} of ${bytesInWords(total)}${percent(done, total)}`
      : `${done} of ${total} ${unit}`,
    ...(rate === undefined ? [] : [unit === 'bytes' ? `${bytesInWords(rate)}/s` : `${rate.toFixed(1)} ${unit}/s`]),
    ...(secondsLeft === undefined ? [] : [`${secondsInWords(secondsLeft)} left`]),
    ...(note === undefined ? [] : [cleanLine(note)]),
  ].join(', ');
}

/** Never 100 % before the end. */
const percent = (done: number, total: number): string =>
  total > 0 ? ` (${Math.min(done < total ? 99 : 100, Math.round((done / total) * 100))} %)` : '';
