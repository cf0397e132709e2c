import { SkerryError, toWire, type ErrorOrigin, type Health, type RpcStream, type WireError } from '@skerry/core';
import { healthProto } from './standard-protos.js';
import { standardMessages, standardRoute, type StandardCall, type StandardService } from './standard.js';

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

const { read, write } = standardMessages<{ service: string }, { status: ServingStatus }>(
  healthProto,
  'grpc.health.v1.HealthCheckRequest',
  'grpc.health.v1.HealthCheckResponse',
);
/** Watches are calls that do not end by themselves. */
const mostWatches = 1_000;

/**
 * `grpc.health.v1.Health`: whether the application is ready for calls, by its own health. The same for each of its services,
 * which are known by their names here and in the `.proto`; and for the empty name, which is all of them.
 */
export class HealthService implements StandardService {
  readonly routes;
  private readonly watches = new Set<Watch>();
  private draining = false;

  constructor(
    private readonly health: Health,
    private readonly names: ReadonlySet<string>,
    private readonly origin: ErrorOrigin,
  ) {
    const prefix = '/grpc.health.v1.Health';
    this.routes = [
      standardRoute(`${prefix}/Check`, false, origin, (stream) => this.check(stream)),
      standardRoute(`${prefix}/Watch`, false, origin, (stream) => this.watch(stream)),
    ];
    health.onChange(() => this.changed());
  }

  drain(): void {
    this.draining = true;
    this.changed();
    const error = this.failure(new SkerryError('SKERRY_RPC_DRAINING', 'the node is shutting down'));
    for (const { stream } of this.watches) stream.fail(error);
    this.watches.clear();
  }

  private check(stream: RpcStream): StandardCall {
    return {
      received: (payload) => {
        const name = this.nameIn(payload, stream);
        if (name === undefined) return;
        const status = this.statusOf(name);
        if (status !== 'SERVICE_UNKNOWN') stream.send(write({ status }), true);
        else
          stream.fail(this.failure(new SkerryError('NOT_FOUND', `no service ${name} here`, { status: 'NOT_FOUND' })));
      },
      ...{ ended: () => undefined, left: () => undefined },
    };
  }

  private watch(stream: RpcStream): StandardCall {
    let watch: Watch | undefined;
    return {
      received: (payload) => {
        const name = this.nameIn(payload, stream);
        if (name === undefined) return;
        if (this.watches.size >= mostWatches) {
          stream.fail(this.failure(new SkerryError('SKERRY_RPC_OVERLOADED', `${mostWatches} watch already`)), false);
          return;
        }
        watch = { stream, name, told: undefined };
        this.watches.add(watch);
        this.tell(watch);
      },
      ended: () => undefined,
      left: () => {
        if (watch) this.watches.delete(watch);
      },
    };
  }

  private nameIn(payload: Buffer, stream: RpcStream): string | undefined {
    try {
      return read(payload).service;
    } catch (error) {
      stream.fail(this.failure(error));
      return undefined;
    }
  }

  private statusOf(name: string): ServingStatus {
    if (name !== '' && !this.names.has(name)) return 'SERVICE_UNKNOWN';
    return this.health.status === 'ready' && !this.draining ? 'SERVING' : 'NOT_SERVING';
  }

  private changed(): void {
    for (const watch of this.watches) this.tell(watch);
  }

  private tell(watch: Watch): void {
    const status = this.statusOf(watch.name);
    if (status === watch.told) return;
    watch.told = status;
    watch.stream.send(write({ status }), false);
  }

  private failure(error: unknown): WireError {
    return toWire(error, this.origin);
  }
}

interface Watch {
  readonly stream: RpcStream;
  readonly name: string;
  told: ServingStatus | undefined;
}
