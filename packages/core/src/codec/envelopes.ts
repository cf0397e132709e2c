import { InjectionToken } from '../container/token.js';
import { essenceOf } from './codecs.js';
import type { EnvelopeCodec } from './envelope.js';

/** Every form of envelope that the application can speak: a multi-provider, one entry for each. JSON-RPC is always there. */
export const ENVELOPES = new InjectionToken<readonly EnvelopeCodec[]>('ENVELOPES', {
  key: Symbol.for('skerry.envelopes'),
});

/** The entries of {@link ENVELOPES}. Of two with one name, or one content type, the last one counts. */
export class Envelopes {
  private readonly byName: ReadonlyMap<string, EnvelopeCodec>;
  private readonly byContentType: ReadonlyMap<string, EnvelopeCodec>;

  constructor(readonly all: readonly EnvelopeCodec[]) {
    this.byName = new Map(all.map((each) => [each.name, each]));
    this.byContentType = new Map(all.map((each) => [each.contentType, each]));
  }

  named(name: string): EnvelopeCodec | undefined {
    return this.byName.get(name);
  }

  /** @param contentType As HTTP has it; parameters such as `charset` do not count. */
  forContentType(contentType: string): EnvelopeCodec | undefined {
    return this.byContentType.get(essenceOf(contentType));
  }
}
