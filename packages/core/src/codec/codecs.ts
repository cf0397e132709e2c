import { InjectionToken } from '../container/token.js';
import type { Codec } from './codec.js';

/** Every codec that the application can speak: a multi-provider, one entry for each. JSON is always there. */
export const CODECS = new InjectionToken<readonly Codec[]>('CODECS', { key: Symbol.for('skerry.codecs') });

/** The codecs of an application, and which of them a peer is spoken to in. */
export class Codecs {
  /** All names, the preferred one first: what others may speak to this application. */
  readonly names: readonly string[];
  private readonly byName: ReadonlyMap<string, Codec>;
  private readonly byContentType: ReadonlyMap<string, Codec>;

  /** @param preferred What is spoken to whoever understands it. */
  constructor(
    readonly preferred: Codec,
    others: readonly Codec[] = [],
  ) {
    // Of two with one name the preferred one counts, then the last.
    const all = [...others, preferred];
    this.byName = new Map(all.map((codec) => [codec.name, codec]));
    this.byContentType = new Map(all.map((codec) => [codec.contentType, codec]));
    this.names = [...new Set([preferred.name, ...this.byName.keys()])];
  }

  get contentTypes(): readonly string[] {
    return [...this.byContentType.keys()];
  }

  named(name: string): Codec | undefined {
    return this.byName.get(name);
  }

  /** @param contentType As HTTP has it; parameters such as `charset` do not count. */
  forContentType(contentType: string): Codec | undefined {
    return this.byContentType.get(essenceOf(contentType));
  }

  /**
   * What to speak to a peer: what the caller wants, else what this application prefers, else whatever both know.
   * `undefined` when there is nothing.
   *
   * @param understood The peer's; a peer that says nothing understands JSON alone.
   */
  choose(understood: readonly string[] | undefined, wanted?: string): Codec | undefined {
    const wish = wanted === undefined ? undefined : this.byName.get(wanted);
    if (!understood) return this.byName.get('json') ?? this.preferred;
    if (wish && understood.includes(wish.name)) return wish;
    if (understood.includes(this.preferred.name)) return this.preferred;
    const common = understood.find((name) => this.byName.has(name));
    return common === undefined ? undefined : this.byName.get(common);
  }
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export function essenceOf(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}
