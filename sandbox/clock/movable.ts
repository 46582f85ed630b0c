import { readFileSync } from 'node:fs';

// Loaded into a bot or worker of the sandbox before anything else (`--import`): its wall clock is off by as many milliseconds as
// the file says that SANDBOX_CLOCK names, read at the start and again at each SIGUSR2. Timers and performance.now() go on as they
// do on a computer whose clock is set: both are monotonic.
const RealDate = Date;
let offMs = 0;

function look(): void {
  offMs = Number(readFileSync(process.env.SANDBOX_CLOCK ?? '', 'utf8'));
}

const now = (): number => RealDate.now() + offMs;

look();
process.on('SIGUSR2', look);
Object.defineProperty(globalThis, 'Date', {
  configurable: true,
  writable: true,
  value: new Proxy(RealDate, {
    construct: (real, words, target) => Reflect.construct(real, words.length === 0 ? [now()] : words, target),
    get: (real, key) => (key === 'now' ? now : Reflect.get(real, key)),
  }),
});
