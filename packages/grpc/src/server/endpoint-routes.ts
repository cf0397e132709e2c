import {
  SkerryError,
  toWire,
  type Codec,
  type Endpoint,
  type EndpointMessages,
  type ErrorOrigin,
  type ProtocolHost,
  type WireError,
} from '@skerry/core';
import { methodPaths } from '../method-path.js';
import { messagesOf, type BoundService } from './bound-services.js';
import type { Accepted, NoRoute, Route, RoutedCall, Routes } from './route.js';

/** A handler of the application, whose calls go the way of all calls. */
class EndpointRoute implements Route {
  readonly takesMany: boolean;
  readonly origin: ErrorOrigin;

  constructor(
    readonly method: string,
    private readonly endpoint: Endpoint,
    private readonly host: ProtocolHost,
    private readonly messages: EndpointMessages,
  ) {
    const { kind } = endpoint.handler;
    this.takesMany = kind === 'client-stream' || kind === 'bidirectional';
    this.origin = { service: endpoint.service, node: endpoint.node };
  }

  accept({ stream, head, payload, ended, caller, peer }: RoutedCall): Accepted {
    const { endpoint, messages } = this;
    return this.host.accept({ endpoint, stream, head, messages, payload, ended, caller, peer });
  }
}

/** The methods of a server: those of the application's handlers, and what is there without them. */
export class EndpointRoutes implements Routes {
  private readonly endpoints = new Map<string, Endpoint>();
  /** By subtype, then by path. */
  private readonly routes = new Map<string, Map<string, Route>>();
  private readonly codecs = new Map<string, Codec>();
  private readonly bound: ReadonlyMap<string, BoundService>;

  /**
   * @param protobuf What `proto` stands for.
   * @param bound    Services whose messages a `.proto` lays down.
   * @param standard Methods beside the application's; their messages are of Protocol Buffers only.
   */
  constructor(
    private readonly host: ProtocolHost,
    protobuf: Codec,
    bound: readonly BoundService[],
    standard: readonly Route[],
  ) {
    this.bound = new Map(bound.map((each) => [each.name, each]));
    for (const endpoint of host.endpoints) {
      const method = this.bound.get(endpoint.service)?.methods.get(endpoint.handler.name);
      if (method) this.endpoints.set(method.path, endpoint);
    }
    for (const endpoint of host.endpoints) {
      // The first has the path, where two could.
      for (const path of methodPaths(endpoint)) if (!this.endpoints.has(path)) this.endpoints.set(path, endpoint);
    }
    for (const name of host.codecs.names) this.codecs.set(name, host.codecs.named(name)!);
    this.codecs.set('proto', protobuf);
    this.routes.set('proto', new Map(standard.map((route) => [route.method, route])));
  }

  find(path: string, subtype: string): Route | NoRoute | undefined {
    const known = this.routes.get(subtype)?.get(path);
    if (known) return known;
    const endpoint = this.endpoints.get(path);
    if (!endpoint) return { error: this.unknown(path) };
    const codec = this.codecs.get(subtype);
    if (!codec) return undefined;
    const route = new EndpointRoute(path, endpoint, this.host, this.messages(codec, endpoint, path));
    let ofSubtype = this.routes.get(subtype);
    if (!ofSubtype) this.routes.set(subtype, (ofSubtype = new Map<string, Route>()));
    ofSubtype.set(path, route);
    return route;
  }

  /** By the paths of a `.proto` its own; by those that Skerry gives, what Skerry's callers know. */
  private messages(codec: Codec, endpoint: Endpoint, path: string): EndpointMessages {
    const service = this.bound.get(endpoint.service);
    const method = service?.methods.get(endpoint.handler.name);
    return method?.path === path ? messagesOf(codec, service!, method) : this.host.messages(codec, endpoint);
  }

  private unknown(path: string): WireError {
    const [, service = '', method = ''] = path.slice(0, 300).split('/');
    const resolution = this.host.resolve(`${service}.${method}`);
    if ('error' in resolution) return resolution.error;
    // Names of handlers may have a dot where paths have a slash.
    const { endpoint } = resolution;
    const message = `No method has the path ${path.slice(0, 300)} here.`;
    return toWire(new SkerryError('SKERRY_RPC_UNKNOWN_ENDPOINT', message), {
      service: endpoint.service,
      node: endpoint.node,
    });
  }
}
