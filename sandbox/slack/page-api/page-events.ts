import type { ServerResponse } from 'node:http';
import type { Timeline } from '../site/timeline.ts';

/** A comment now and then, so that nothing between here and the browser takes the stream for dead. */
const PING_EVERY_MS = 15_000;

/** Streams `event: changed` after each change of a message, until the browser leaves. */
export function servePageEvents(response: ServerResponse, timeline: Timeline): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': connected\n\n');
  const stop = timeline.onChange(() => response.write('event: changed\ndata: {}\n\n'));
  const pings = setInterval(() => response.write(': ping\n\n'), PING_EVERY_MS);
  response.once('close', () => {
    clearInterval(pings);
    stop();
  });
}
