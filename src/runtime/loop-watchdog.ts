import { Worker } from 'node:worker_threads';

/** How long the event loop may stand still. The longest that it does for a reason, at the rotation of a large journal, is a few seconds. */
const LIMIT_SECONDS = 60;
const BEAT_MS = 1_000;

/**
 * Runs in its own thread, because a loop that stands still cannot end itself. It counts its own ticks instead of reading a clock: a computer
 * that was asleep, or a stopped process, is one tick late and no more. SIGKILL, because every other end would need the loop.
 */
const THREAD = `
const { workerData: { beats, beatMs, limit } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let seen = Atomics.load(beats, 0);
for (let late = 0; late < limit; ) {
  Atomics.wait(beats, 1, 0, beatMs);
  const now = Atomics.load(beats, 0);
  late = now === seen ? late + 1 : 0;
  seen = now;
}
const said = { level: 60, time: new Date().toISOString(), pid: process.pid, msg: 'The process hung for ' + limit + ' s; it is killed, for the service manager to restart it' };
writeSync(1, JSON.stringify(said) + '\\n');
process.kill(process.pid, 'SIGKILL');
`;

/**
 * Kills this process when its event loop stands still for a minute. systemd's WatchdogSec would need sd_notify, which Node lacks: a datagram
 * socket, or a `systemd-notify` per beat, whose messages systemd before 246 loses when it ends too early.
 */
export function watchLoop(limitSeconds = LIMIT_SECONDS): void {
  const beats = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { beats, beatMs: BEAT_MS, limit: limitSeconds };
  // Without this process' own options: they may turn the thread's code into a module.
  new Worker(THREAD, { eval: true, execArgv: [], workerData }).unref();
  setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
}
