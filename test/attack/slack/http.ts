import { once } from 'node:events';
import { connect } from 'node:net';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { ALICE, type AttackStage } from '../stage/attack-stage.ts';
import type { Answered, Knock } from '../stage/door.ts';

const LATE_S = 360;
const OVERSIZE = 300 * 1024;
const HUGE = 10 * 1024 * 1024;
const QUIET_MS = 400;

/** Requests to the bot's HTTP endpoint; each requests a change that must never be made. */
export function httpAttacks(): readonly Attack[] {
  return [...unsigned(), ...fromAnotherTime(), ...misshapen(), replayed(), slow()];
}

function unsigned(): readonly Attack[] {
  return [
    refused('http-unsigned', 'a slash command without a signature', { signature: null }),
    refused('http-with-an-empty-signature', 'an empty signature', { signature: '' }),
    refused('http-signed-with-another-secret', 'a signature with another secret', { secret: 'guessed' }),
    refused('http-signed-with-no-secret', 'a signature with an empty secret', { secret: '' }),
    refused('http-with-half-a-signature', 'the first half of a signature', { signature: `v0=${'a'.repeat(32)}` }),
  ];
}

function fromAnotherTime(): readonly Attack[] {
  const at = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);
  return [
    refused('http-stale', 'a request that is six minutes old', () => ({ timestamp: at(-LATE_S) })),
    refused('http-from-the-future', 'a request from six minutes in the future', () => ({ timestamp: at(LATE_S) })),
    refused('http-with-no-number-for-a-time', 'a time that is not a number', { timestamp: 'now' }),
    refused('http-with-infinity-for-a-time', 'the time Infinity', { timestamp: 'Infinity' }),
    refused('http-without-a-time', 'an empty time', { timestamp: '' }),
    refused('http-with-milliseconds-for-a-time', 'the time in milliseconds', () => ({ timestamp: String(Date.now()) })),
  ];
}

function misshapen(): readonly Attack[] {
  const large = (bytes: number) => (body: string) => `${body}&more=${'a'.repeat(bytes)}`;
  return [
    refused('http-oversize', 'three hundred kilobytes, correctly signed', {}, large(OVERSIZE)),
    refused('http-of-10-MB', 'ten megabytes, correctly signed', {}, large(HUGE)),
    refused('http-of-10-MB-unsigned', 'ten megabytes without a signature', { signature: null }, large(HUGE)),
    refused('http-that-is-no-utf-8', 'a correctly signed body that is not UTF-8', {}, (body) =>
      Buffer.concat([Buffer.from(`${body}&note=`), Buffer.from([0xff, 0xfe, 0xc0, 0x80])]),
    ),
    refused('http-at-another-path', 'a correctly signed command to another path', { path: '/slack/../admin' }),
    refused(
      'http-json-with-__proto__',
      'correctly signed JSON that sets __proto__',
      { type: 'application/json', mayAnswer: true },
      () => `{"__proto__":{"user_id":"${ALICE.id}"},"command":"/registry-ha","text":"add node-2"}`,
    ),
  ];
}

/** `mayAnswer`: signature and form are correct, so status 200 is fine if nothing happens. */
type Given = Omit<Knock, 'body'> & { readonly mayAnswer?: true };

/** The bot answers with an error or closes the connection, and makes no change. */
function refused(
  name: string,
  tries: string,
  given: Given | (() => Given),
  change: (body: string) => string | Buffer = (body) => body,
): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const before = await stage.count();
      const { body, url } = stage.door.form(ALICE, 'add node-2');
      const answered = await stage.door.knock({
        ...(typeof given === 'function' ? given() : given),
        body: change(body),
      });
      if (typeof given === 'function' || given.mayAnswer !== true) mustRefuse(answered);
      await quiet(stage);
      must((await stage.count()) === before, 'The request made a change.');
      must(stage.door.heard(url) === undefined, `The command was processed: ${stage.door.heard(url)}`);
      return answered.status === 0 ? 'the connection was closed' : `answered with ${answered.status}`;
    },
  };
}

function mustRefuse({ status, text }: Answered): void {
  must(status === 0 || (status >= 400 && status < 500), `The bot answered ${status}: ${text}`);
}

/** By now a processed command would have made its change, or sent alice a reply. */
async function quiet({ signal }: AttackStage): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  signal.throwIfAborted();
}

function replayed(): Attack {
  return {
    on: 'bot',
    name: 'http-replayed',
    tries: 'a recorded request, sent again with the same signature',
    async stopped(stage) {
      const { body, url } = stage.door.form(ALICE, 'add node-2');
      const timestamp = String(Math.floor(Date.now() / 1000));
      const before = await stage.count();
      await stage.door.knock({ body, timestamp });
      await stage.until('the change of the first one', async () => (await stage.count()) === before + 1);
      for (let times = 0; times < 3; times += 1)
        reached((await stage.door.knock({ body, timestamp })).status === 200, 'No answer.');
      await quiet(stage);
      must((await stage.count()) === before + 1, 'The recorded request made another change.');
      must(stage.door.heard(url) === undefined, `Alice got: ${stage.door.heard(url)}`);
      return 'one change, although the request was sent repeatedly';
    },
  };
}

/** Fifty connections that send one byte and then stop. */
function slow(): Attack {
  return {
    on: 'bot',
    name: 'http-fifty-slow-connections',
    tries: 'fifty requests without their body',
    async stopped(stage) {
      const sockets = Array.from({ length: 50 }, () => connect({ host: stage.host, port: 3000 }));
      try {
        await Promise.all(sockets.map((socket) => once(socket, 'connect')));
        for (const socket of sockets) {
          socket.on('error', () => undefined);
          socket.write('POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n\r\nx');
        }
        const help = await stage.door.command(ALICE, 'help');
        must(help !== null, 'Other people get no answer meanwhile.');
        return 'other people are answered meanwhile';
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    },
  };
}
