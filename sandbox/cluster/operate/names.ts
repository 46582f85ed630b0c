/** What an operator does with MetalK8s, its machines and the worker's files, each with its arguments. */
export const OPERATIONS = {
  'iso-manager': 'add|remove VERSION',
  upgrade: 'VERSION',
  solution: 'import|unimport NAME',
  node: 'add|delete|replace NODE',
  reboot: 'NODE',
  power: 'off|on NODE',
  restore: 'NODE',
  engine: 'pull NODE IMAGE [from NODE]',
  manifest: 'copy|move NODE',
  timer: 'elapse NODE',
  'ssh-keygen': '-R NODE',
  backup: 'worker',
  install: 'worker NODE [from backup]',
} as const;

export type OperationName = keyof typeof OPERATIONS;

export const isOperation = (word: string): word is OperationName => Object.hasOwn(OPERATIONS, word);

const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
/** What may stand for a word in capitals. */
const MEANT: Readonly<Record<string, RegExp>> = {
  VERSION: /^\d+\.\d+\.\d+[\w.-]*$/,
  NAME,
  NODE: NAME,
  IMAGE: /^[\w./-]+:[\w.-]+$/,
};

/** Whether these are arguments of the operation. The part in brackets may be left out. */
export function areArguments(name: OperationName, words: readonly string[]): boolean {
  const [must = '', may] = OPERATIONS[name].replace(']', '').split(' [');
  const forms = may === undefined ? [must] : [must, `${must} ${may}`];
  return forms.some((form) => {
    const wanted = form.split(' ');
    return wanted.length === words.length && wanted.every((one, at) => isMeant(one, words[at] ?? ''));
  });
}

const isMeant = (wanted: string, word: string): boolean =>
  MEANT[wanted]?.test(word) ?? wanted.split('|').includes(word);
