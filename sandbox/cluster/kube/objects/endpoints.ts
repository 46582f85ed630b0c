import type { SimNode, World } from '../../world.ts';

/** One address of the Endpoints object kube-system/repositories. */
export interface EndpointAddress {
  readonly node: string;
  readonly ip: string;
}

/** The two lists of the Endpoints object, each in order of arrival. */
export interface RepositoriesEndpoints {
  readonly ready: readonly EndpointAddress[];
  readonly notReady: readonly EndpointAddress[];
}

type Readiness = 'ready' | 'not-ready' | 'absent';

interface Track {
  published: Readiness;
  publishedAt: number;
  wanted: Readiness;
  wantedSince: number;
}

const DEFAULT_DELAY_S = 3;

/**
 * Follows the repositories pods as the Endpoints controller does: delayed in both directions, and ordered by arrival.
 * Kubernetes promises no order, so the bootstrap is not put first.
 */
export class EndpointsController {
  private readonly tracks = new Map<string, Track>();
  private readonly world: World;
  private arrivals = 0;

  constructor(world: World) {
    this.world = world;
    for (const node of world.nodes.values()) this.begin(node);
    world.events.on('changed', () => this.observe());
  }

  /** The API server's current answer. */
  read(): RepositoriesEndpoints {
    this.observe();
    return { ready: this.inOrder('ready'), notReady: this.inOrder('not-ready') };
  }

  private begin(node: SimNode): void {
    const standing = this.standingOf(node);
    this.arrivals += 1;
    this.tracks.set(node.name, {
      published: standing,
      publishedAt: this.arrivals,
      wanted: standing,
      wantedSince: Date.now(),
    });
  }

  private observe(): void {
    for (const name of this.tracks.keys()) if (!this.world.nodes.has(name)) this.tracks.delete(name);
    for (const node of this.world.nodes.values()) {
      const track = this.tracks.get(node.name);
      if (track === undefined) this.begin(node);
      else this.follow(node, track);
    }
  }

  /** Publishes a state that lasted long enough before a newer one replaces it, even if nobody reads in between. */
  private follow(node: SimNode, track: Track): void {
    const now = Date.now();
    this.settle(track, now);
    const wanted = this.standingOf(node);
    if (wanted === track.wanted) return;
    track.wanted = wanted;
    track.wantedSince = now;
    this.settle(track, now);
  }

  private settle(track: Track, now: number): void {
    if (track.wanted === track.published || now - track.wantedSince < this.delayMs(track.wanted)) return;
    track.published = track.wanted;
    this.arrivals += 1;
    track.publishedAt = this.arrivals;
  }

  private delayMs(wanted: Readiness): number {
    const late =
      wanted === 'ready' ? Number(this.world.faults.get('endpoints-late')?.[0] ?? DEFAULT_DELAY_S) : DEFAULT_DELAY_S;
    return late * 1000 * this.world.pace;
  }

  private standingOf(node: SimNode): Readiness {
    if (node.registry === null) return 'absent';
    return registryIsReady(this.world, node) ? 'ready' : 'not-ready';
  }

  private inOrder(standing: Readiness): readonly EndpointAddress[] {
    const held = [...this.tracks].filter(([name, track]) => this.shown(name, track) === standing);
    held.sort(([, a], [, b]) => a.publishedAt - b.publishedAt);
    return held.flatMap(([name]) => {
      const ip = this.world.nodes.get(name)?.ip;
      return ip === undefined ? [] : [{ node: name, ip }];
    });
  }

  /** Faults take effect at once: they represent a state that has lasted for a while. */
  private shown(name: string, track: Track): Readiness {
    if (track.published !== 'ready') return track.published;
    if (this.world.faults.isOn('endpoints-never', name)) return 'not-ready';
    return name === this.world.bootstrap.name && this.world.faults.isOn('bootstrap-registry-not-ready')
      ? 'not-ready'
      : 'ready';
  }
}

/** The readiness of a node's repositories pod, faults included. Kubernetes marks every pod of a node that is not Ready. */
export function registryIsReady(world: World, node: SimNode): boolean {
  if (node.registry === null || !node.registry.ready || !node.ready) return false;
  return !(node === world.bootstrap && world.faults.isOn('bootstrap-registry-not-ready'));
}

const controllers = new WeakMap<World, EndpointsController>();

/** The controller of a world, shared by the Kubernetes API and Salt's pillar. */
export function endpointsOf(world: World): EndpointsController {
  const known = controllers.get(world);
  if (known !== undefined) return known;
  const made = new EndpointsController(world);
  controllers.set(world, made);
  return made;
}
