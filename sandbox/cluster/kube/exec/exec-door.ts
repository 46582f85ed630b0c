import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type SaltMaster, saltMaster } from '../../salt/cli/master.ts';
import type { NodeActs, World } from '../../world.ts';
import { type ApiAnswer, failure, noResource } from '../status.ts';
import { type ExecRequest, isExecPath, readExecRequest } from './exec-request.ts';
import { type Cut, ExecSession } from './exec-session.ts';
import { type ExecWire, webSocketWire } from './exec-wire.ts';
import { type ContainerProgram, hostProgram, simulatedProgram } from './programs.ts';
import { SPDY_PROTOCOL, spdyWire } from './spdy/spdy-wire.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
const RESTART_MS = 2_000;

/** Opens exec sessions, over WebSocket or SPDY/3.1. They stream through the node's containerd, so a restart of it cuts them. */
export class ExecDoor {
  private readonly world: World;
  private readonly master: SaltMaster;
  private readonly execOnHost: boolean;
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: chooseProtocol });
  private readonly sessions = new Set<ExecSession>();
  private readonly restartingUntil = new Map<string, number>();
  private readonly onRestart = (node: string) => this.restarted(node);

  constructor(world: World, acts: NodeActs, execOnHost: boolean) {
    this.world = world;
    this.master = saltMaster(world, acts);
    this.execOnHost = execOnHost;
    world.events.on('containerd-restarted', this.onRestart);
  }

  /** Answers an upgrade; returns the refusal if the session cannot be opened. */
  async open(url: URL, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<ApiAnswer | null> {
    if (!isExecPath(url.pathname)) return noResource();
    const exec = await readExecRequest(this.world, url);
    if ('code' in exec) return exec;
    if (exec.container.startsWith('salt-') && exec.node !== this.world.bootstrap.name) return formerMaster(exec.node);
    if (Date.now() < (this.restartingUntil.get(exec.node) ?? 0)) return runtimeAway();
    const wire = await this.wireOf(request, socket, head, exec);
    if (wire === null) return null;
    if ('code' in wire) return wire;
    const session = new ExecSession(wire, exec);
    this.sessions.add(session);
    const program = this.execOnHost ? hostProgram(exec.argv) : this.simulated(exec.container, exec.argv);
    await session.run(program).finally(() => this.sessions.delete(session));
    return null;
  }

  /** Ends every session as the death of an API server would. */
  drop(): void {
    for (const session of this.sessions) session.cut('abrupt');
  }

  close(): void {
    this.world.events.off('containerd-restarted', this.onRestart);
    this.drop();
    this.sockets.close();
  }

  /** The client's connection by the protocol that it asks for; null if it has left. */
  private async wireOf(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    exec: ExecRequest,
  ): Promise<ExecWire | ApiAnswer | null> {
    if (request.headers.upgrade?.toLowerCase() === 'spdy/3.1') {
      const offers = offered(request.headers['x-stream-protocol-version']);
      return offers.includes(SPDY_PROTOCOL) ? await spdyWire(socket, head, exec) : noCommonProtocol(offers);
    }
    if (!offered(request.headers['sec-websocket-protocol']).some(isKnown))
      return failure(400, 'BadRequest', 'unable to upgrade: no known subprotocol');
    const upgraded = new Promise<WebSocket>((resolve) => this.sockets.handleUpgrade(request, socket, head, resolve));
    return webSocketWire(await upgraded);
  }

  private simulated(container: string, argv: readonly string[]): ContainerProgram {
    return simulatedProgram(this.master, container, argv);
  }

  private restarted(node: string): void {
    const how = cutOf(this.world);
    if (how === 'off') return;
    this.restartingUntil.set(node, Date.now() + RESTART_MS * this.world.pace);
    for (const session of this.sessions) if (session.node === node) session.cut(how);
  }
}

function cutOf(world: World): Cut | 'off' {
  const word = world.faults.get('exec-cut')?.[0];
  return word === '0' || word === '1' || word === '137' || word === 'off' ? word : 'abrupt';
}

/** The master of a former bootstrap node runs, and has no minion but its own: nothing must ask it. */
function formerMaster(node: string): ApiAnswer {
  return failure(500, 'InternalError', `Internal error occurred: the salt-master of ${node} is not simulated`);
}

function runtimeAway(): ApiAnswer {
  const cause = 'dial unix /run/containerd/containerd.sock: connect: connection refused';
  return failure(500, 'InternalError', `Internal error occurred: error dialing backend: ${cause}`);
}

function offered(header: string | readonly string[] | undefined): readonly string[] {
  return [header ?? '']
    .flat()
    .join(',')
    .split(',')
    .map((name) => name.trim());
}

function noCommonProtocol(offers: readonly string[]): ApiAnswer {
  const why = `unable to negotiate protocol: client supports [${offers.join(' ')}], server accepts [${SPDY_PROTOCOL}]`;
  return failure(403, 'Forbidden', `unable to upgrade: ${why}`);
}

function isKnown(name: string): boolean {
  return PROTOCOLS.some((known) => known === name);
}

function chooseProtocol(names: Set<string>): string | false {
  return PROTOCOLS.find((known) => names.has(known)) ?? false;
}
