import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { z } from 'zod';
import { readBody } from '../../../sandbox/slack/http-body.ts';
import { jsonIn } from '../../../src/domain/text/json.ts';

const reply = z.looseObject({ text: z.string() });

/** Our own response URLs, which receive the bot's private replies. */
export class Replies {
  readonly #server: Server;
  readonly #heard = new Map<string, string>();
  #issued = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', async (request, response) => {
      const body = reply.safeParse(jsonIn(await readBody(request)));
      this.#heard.set(request.url ?? '', body.success ? body.data.text : '');
      response.writeHead(200).end('ok');
    });
  }

  static async open(): Promise<Replies> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Replies(server);
  }

  /** A new URL. */
  url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server for replies is not listening.');
    this.#issued += 1;
    return `http://127.0.0.1:${address.port}/${this.#issued}`;
  }

  /** The reply posted to the URL; undefined if there is none yet. */
  heard(url: string): string | undefined {
    return this.#heard.get(new URL(url).pathname);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
