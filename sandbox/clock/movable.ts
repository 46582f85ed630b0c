import { readFileSync } from 'node:fs';

// Preloaded (`--import`) into a bot or worker: shifts its wall clock by the milliseconds in the file named by
// SANDBOX_CLOCK, read at the start and at each SIGWINCH. Timers and performance.now() are unaffected, as on a real
// computer: both are monotonic.
const RealDate = Date;
let offMs = 0;

function look(): void {
  offMs = Number(readFileSync(process.env.SANDBOX_CLOCK ?? '', 'utf8'));
}

const now = (): number => RealDate.now() + offMs;

look();
process.on('SIGWINCH', look);
Object.defineProperty(globalThis, 'Date', {
  configurable: true,
  writable: true,
  value: new Proxy(RealDate, {
    construct: (real, words, target) => Reflect.construct(real, words.length === 0 ? [now()] : words, target),
    get: (real, key) => (key === 'now' ? now : Reflect.get(real, key)),
  }),
});
