import { isObject, type Json, type JsonObject } from '../json.ts';

/** A minion's return as shown without --out, by the function's outputter. */
export function textOutput(minion: string, value: Json, out: string): string {
  if (out !== 'highstate') return nested({ [minion]: value });
  if (Array.isArray(value))
    return `${minion}:\n    Data failed to compile:\n${value.map((line) => `----------\n    ${String(line)}\n`).join('')}`;
  return isObject(value) ? highstate(minion, value) : nested({ [minion]: value });
}

/** Salt's `nested` outputter. */
export function nested(value: Json): string {
  return `${lines(value, 0, false).join('\n')}\n`;
}

function lines(value: Json, indent: number, isInner: boolean): readonly string[] {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) return value.flatMap((item) => [`${pad}- ${scalar(item)}`]);
  if (!isObject(value))
    return scalar(value)
      .split('\n')
      .map((line) => pad + line);
  const rule = isInner ? [`${pad}----------`] : [];
  const keys = Object.keys(value).sort();
  return [...rule, ...keys.flatMap((key) => [`${pad}${key}:`, ...lines(value[key] ?? null, indent + 4, true)])];
}

function scalar(value: Json): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Salt's `highstate` outputter, full. */
function highstate(minion: string, states: JsonObject): string {
  const entries = Object.entries(states).flatMap(([key, state]) => (isObject(state) ? [{ key, state }] : []));
  const blocks = entries.map(({ key, state }) => block(key, state));
  return `${minion}:\n${blocks.join('')}${summary(
    minion,
    entries.map(({ state }) => state),
  )}`;
}

function block(key: string, state: JsonObject): string {
  const [module, id = '', name = '', fun] = key.split('_|-');
  const rows: readonly (readonly [string, string])[] = [
    ['ID', id],
    ['Function', `${module}.${fun}`],
    ...(name === id ? [] : [['Name', name] as const]),
    ['Result', scalar(state.result ?? null)],
    ['Comment', String(state.comment ?? '').trim()],
    ['Started', String(state.start_time ?? '')],
    ['Duration', `${String(state.duration ?? '')} ms`],
    ['Changes', '  '],
  ];
  const text = rows.map(
    ([label, value]) => `${label.padStart(12)}: ${value.replaceAll('\n', `\n${' '.repeat(14)}`)}\n`,
  );
  const changes = state.changes;
  const detail =
    isObject(changes) && Object.keys(changes).length > 0 ? lines(changes, 14, true).map((line) => `${line}\n`) : [];
  return `----------\n${text.join('')}${detail.join('')}`;
}

function summary(minion: string, states: readonly JsonObject[]): string {
  const failures = states.filter(({ result }) => result === false).length;
  const pending = states.filter(({ result }) => result === null).length;
  const changed = states.filter(({ changes }) => isObject(changes) && Object.keys(changes).length > 0).length;
  const marks = [pending > 0 ? `unchanged=${pending}` : '', changed > 0 ? `changed=${changed}` : ''].filter(
    (mark) => mark !== '',
  );
  const note = marks.length > 0 ? ` (${marks.join(', ')})` : '';
  const total = states.reduce((sum, { duration }) => sum + (typeof duration === 'number' ? duration : 0), 0);
  const time = total >= 1000 ? `${(total / 1000).toFixed(3)}  s` : `${total.toFixed(3)} ms`;
  const width = Math.max(String(states.length).length, 1);
  const row = (label: string, count: number, rest = '') => `${label}${String(count).padStart(width)}${rest}\n`;
  return [
    `\nSummary for ${minion}\n------------\n`,
    row('Succeeded: ', states.length - failures, note),
    row('Failed:    ', failures),
    '------------\n',
    row('Total states run:     ', states.length),
    `Total run time: ${time.padStart(time.endsWith('ms') ? 10 : 10)}\n`,
  ].join('');
}
