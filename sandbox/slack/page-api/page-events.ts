import type { ServerResponse } from 'node:http';
import type { Timeline } from '../site/timeline.ts';

/** Periodic comments keep proxies and the browser from closing the stream. */
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
