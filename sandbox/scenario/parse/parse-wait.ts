import { nearest } from '../../../src/domain/text/nearest.ts';
import { mistake, type Parsed, parsed } from './parsed.ts';
import { WAITED, type Waited } from './statement.ts';

const DEFAULT_SECONDS = 120;

/** `wait STATE|running STEP [within SECONDS]`, without its first word. */
export function parseWait(words: readonly string[]): Parsed {
  const within = words.indexOf('within');
  const wanted = within === -1 ? words : words.slice(0, within);
  const seconds = within === -1 ? DEFAULT_SECONDS : secondsFrom(words.slice(within + 1));
  if (seconds === null) return mistake('Write a number of seconds after “within”.');
  const [state, step, ...more] = wanted;
  if (state === undefined || more.length > 0) return mistake(usage());
  if (state === 'running') {
    return step === undefined
      ? mistake('Write a step after “wait running”, for example copy or copy:node-2.')
      : parsed({ is: 'wait-running', step, seconds });
  }
  if (!isWaited(state)) return mistake(`Unknown state “${state}”.${hint(state)}`);
  return step === undefined ? parsed({ is: 'wait', state, seconds }) : mistake(usage());
}

const usage = (): string => `Usage: wait ${WAITED.join('|').replace('running', 'running STEP')} [within SECONDS].`;

const isWaited = (word: string): word is Waited => WAITED.some((known) => known === word && known !== 'running');

function secondsFrom([word, ...more]: readonly string[]): number | null {
  const seconds = Number(word);
  return word === undefined || more.length > 0 || !(seconds > 0) || !Number.isFinite(seconds) ? null : seconds;
}

function hint(word: string): string {
  const meant = nearest(word, WAITED);
  return meant === null ? ` ${usage()}` : ` Did you mean “${meant}”?`;
}
