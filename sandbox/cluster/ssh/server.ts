import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { SimNode } from '../world.ts';
import { roundTrip, runLine } from './exec.ts';
import { execStreams } from './exec-streams.ts';
import type { NodeReach } from './program.ts';

/** OpenSSH's MaxSessions: a connection with more channels gets a refusal. */
const MAX_SESSIONS = 10;

/** One node's sshd: public keys only; each exec runs one program; no shell, terminal or subsystem. */
export class SshServer {
  private readonly reach: NodeReach;
  private readonly node: SimNode;
  private readonly allowed: ssh2.ParsedKey;
  private readonly connections = new Set<ssh2.Connection>();
  private readonly running = new Set<Promise<void>>();
  private server: ssh2.Server | null = null;
  private hostKey = '';

  constructor(reach: NodeReach, node: SimNode, allowed: ssh2.ParsedKey) {
    this.reach = reach;
    this.node = node;
    this.allowed = allowed;
  }

  async listen(hostKey: string): Promise<void> {
    const server = new ssh2.Server({ hostKeys: [hostKey], ident: 'OpenSSH_8.0' }, (connection) =>
      this.welcome(connection),
    );
    server.listen(this.node.ssh.port, this.node.ip);
    await once(server, 'listening');
    this.server = server;
    this.hostKey = hostKey;
  }

  /** Listens again after `stop`, with the same key. */
  async listenAgain(): Promise<void> {
    if (this.server === null) await this.listen(this.hostKey);
  }

  /** Stops listening and cuts every connection; running programs continue, as they have no terminal. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const connection of this.connections) connection.end();
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const connection of this.connections) cut(connection);
    });
  }

  /** Waits for programs that are still running. */
  async drained(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private welcome(connection: ssh2.Connection): void {
    this.connections.add(connection);
    // As sshd does: with Nagle's algorithm each exec would wait for delayed acknowledgements.
    socketOf(connection)?.setNoDelay(true);
    connection.on('authentication', (attempt) => {
      // An abort ends the wait when the sandbox closes, and with it this connection.
      roundTrip(this.reach.parts, this.node).then(
        () => this.authenticate(attempt),
        () => cut(connection),
      );
    });
    connection.on('close', () => this.connections.delete(connection));
    // Clients that disconnect without a goodbye are normal for sshd.
    connection.on('error', () => this.connections.delete(connection));
    connection.on('ready', () => this.open(connection));
  }

  private authenticate(attempt: ssh2.AuthContext): void {
    if (this.isWelcome(attempt)) attempt.accept();
    else attempt.reject(['publickey']);
  }

  /** A client first asks without a signature whether the key is accepted; then it signs. */
  private isWelcome(attempt: ssh2.AuthContext): boolean {
    const isOff = this.reach.parts.faults.isOn('ssh-auth', this.node.name);
    if (attempt.method !== 'publickey' || isOff || attempt.username !== this.node.ssh.user) return false;
    const known = this.allowed.getPublicSSH();
    if (attempt.key.data.length !== known.length || !timingSafeEqual(attempt.key.data, known)) return false;
    if (attempt.signature === undefined || attempt.blob === undefined) return attempt.signature === undefined;
    return this.allowed.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
  }

  private open(connection: ssh2.Connection): void {
    let sessions = 0;
    connection.on('session', (accept, reject) => {
      if (sessions >= MAX_SESSIONS) return reject();
      sessions += 1;
      const session = accept();
      session.on('close', () => {
        sessions -= 1;
      });
      session.on('exec', (accepted, _refuse, { command }) => this.exec(connection, accepted(), command));
      for (const request of ['pty', 'shell', 'subsystem', 'x11'] as const) refuse(session, request);
    });
  }

  private exec(connection: ssh2.Connection, channel: ssh2.ServerChannel, line: string): void {
    const { streams, finish } = execStreams(this.reach.parts, this.node.name, channel, () => cut(connection));
    const run = runLine(this.reach, this.node, line, streams).then(finish, (cause: unknown) => {
      // When the sandbox closes, every wait is aborted; any other error is a defect of the simulation.
      if (!this.reach.parts.closing.aborted) this.reach.parts.world.events.emit('broken', cause);
      finish(255);
    });
    this.running.add(run);
    run.finally(() => this.running.delete(run)).catch(() => undefined);
  }
}

function refuse(session: ssh2.Session, request: 'pty' | 'shell' | 'subsystem' | 'x11'): void {
  session.on(request, (...words: unknown[]) => {
    const reject = words[1];
    if (typeof reject === 'function') reject();
  });
}

/** Ends a connection without goodbye, as a network failure does. */
function cut(connection: ssh2.Connection): void {
  socketOf(connection)?.destroy();
}

/** ssh2 1.17 has no public access to a server connection's socket. */
function socketOf(connection: ssh2.Connection): Socket | null {
  const socket: unknown = Reflect.get(connection, '_sock');
  return socket instanceof Socket ? socket : null;
}
