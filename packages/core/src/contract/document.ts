import type { Contract, ServiceContract } from './contract.js';

export interface DocumentOptions {
  /** Default: the root module's name. */
  readonly title?: string;
  /** Of the document. Default: the newest version among its services. */
  readonly version?: string;
  readonly description?: string;
}

/** The version of a document about services that may have several. */
export function documentVersion({ services }: Contract): string {
  const versions = services.map(({ version }) => version);
  return versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0] ?? '0.0.0';
}

export interface ServiceTag {
  readonly name: string;
  readonly description?: string;
  readonly 'x-skerry-version': string;
}

export function serviceTags(services: readonly ServiceContract[]): ServiceTag[] {
  return services.map(({ name, version, description }) => ({
    name,
    ...(description ? { description } : {}),
    'x-skerry-version': version,
  }));
}
