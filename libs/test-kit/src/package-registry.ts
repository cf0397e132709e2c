import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { abbreviatedType, packageDocument, versionDocument } from './package-document.js';
import { readPackageTarball, type PackageTarball } from './package-tarball.js';

const compressed = promisify(gzip);

/**
 * A registry of packages on a loopback port: it has the packages it was given, as they were packed, and sends whoever asks for
 * another on to the registry behind it. So npm asks that one itself, with its own settings and its own cache, and sees its
 * errors as they are. Packages of a scope that it has are never asked for elsewhere: a stranger may have taken the name.
 */
export class PackageRegistry {
  /** Without a slash at the end. */
  readonly url: string;
  /**
   * For processes that install from it: npm asks this registry, and knows nothing of the npm that runs the test.
   * `undefined` takes a variable away, as {@link ProcessOptions.env} does.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
  private readonly packages = new Map<string, PackageTarball[]>();

  private constructor(
    private readonly server: Server,
    private readonly behind: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ofOuterNpm = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
    this.env = {
      ...Object.fromEntries(ofOuterNpm.map((name) => [name, undefined])),
      INIT_CWD: undefined,
      npm_config_registry: this.url,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    };
    server.on('request', (request, response) => {
      this.answer(request, response).catch((error: Error) => json(response, 500, { error: error.message }));
    });
  }

  /**
   * @param tarballs Paths of what `npm pack` wrote.
   * @param behind   Of the registry that has the rest, without a slash at the end.
   */
  static async start(tarballs: readonly string[], behind: string): Promise<PackageRegistry> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const registry = new PackageRegistry(server, behind);
    for (const each of tarballs) await registry.publish(each);
    return registry;
  }

  /** Of the packages that it has itself, in the order of their publishing. */
  get names(): readonly string[] {
    return [...this.packages.keys()];
  }

  /** Adds a package, or a version of one, that becomes its `latest`. A version that is there is replaced. */
  async publish(path: string): Promise<void> {
    const tarball = await readPackageTarball(path);
    const { name, version } = tarball.manifest;
    const others = (this.packages.get(name) ?? []).filter((each) => each.manifest.version !== version);
    this.packages.set(name, [...others, tarball]);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (request.method === 'POST' && path.startsWith('/-/npm/v1/security/')) {
      // Nothing is known against what has not been published, and only npm install asks.
      return json(response, 200, {});
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return json(response, 405, { error: `${request.method} is not for this registry: it is only read` });
    }
    const [name, rest] = split(path);
    const versions = this.packages.get(name);
    if (versions) return this.serve(versions, rest, request, response);
    if (this.hasScopeOf(name)) return json(response, 404, { error: `${name} is not in this registry` });
    response.writeHead(302, { location: this.behind + path }).end();
  }

  private async serve(
    versions: readonly PackageTarball[],
    rest: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const urlOf = ({ path, manifest }: PackageTarball): string => `${this.url}/${manifest.name}/-/${basename(path)}`;
    if (rest === '') {
      const abbreviated = request.headers.accept?.includes(abbreviatedType) ?? false;
      const type = abbreviated ? abbreviatedType : 'application/json';
      const text = JSON.stringify(packageDocument(versions, urlOf, abbreviated));
      if (!/\bgzip\b/.test(String(request.headers['accept-encoding']))) return send(response, 200, type, text);
      response.setHeader('content-encoding', 'gzip');
      return send(response, 200, type, await compressed(text));
    }
    const file = versions.find((each) => rest === `-/${basename(each.path)}`);
    if (file) return send(response, 200, 'application/octet-stream', file.bytes);
    const version = rest === 'latest' ? versions.at(-1) : versions.find((each) => each.manifest.version === rest);
    if (version) return json(response, 200, versionDocument(version, urlOf(version)));
    json(response, 404, { error: `${versions[0]!.manifest.name} has no ${rest}` });
  }

  private hasScopeOf(name: string): boolean {
    const scope = /^@[^/]+\//.exec(name)?.[0];
    return scope !== undefined && [...this.packages.keys()].some((each) => each.startsWith(scope));
  }
}

/** The package that a path is about, and what of it: `/@skerry%2fcore/0.1.0` is `@skerry/core` and `0.1.0`. */
function split(path: string): readonly [name: string, rest: string] {
  const plain = path.replace(/\?.*/, '').replace(/%2f/gi, '/').replace(/%40/g, '@');
  const [, name = '', rest = ''] = /^\/(@[^/]+\/[^/]+|[^/]+)\/?(.*)$/.exec(plain) ?? [];
  return [name, rest];
}

function json(response: ServerResponse, status: number, value: object): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  // The next registry may have this port, and other packages under these names: nobody may keep them.
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(body);
}
