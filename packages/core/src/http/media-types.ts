/** The type itself, in lower case: without parameters such as `charset`. */
export function essence(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/**
 * Which of some types a client likes best (RFC 9110, 12.5.1), the first of equals; `undefined` when it takes none of them.
 *
 * @param accept The header; absent it takes everything.
 */
export function choose<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept === '*/*' || accept === offered[0]) return offered[0];
  const ranges = accept.split(',', mostRanges).map(parseRange);
  let best: T | undefined;
  let bestQuality = 0;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality <= bestQuality) continue;
    best = type;
    bestQuality = quality;
  }
  return best;
}

// Further ones are not read: a header is no reason to work for long.
const mostRanges = 32;

interface Range {
  readonly type: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const quality = /;\s*q\s*=\s*([\d.]+)/i.exec(text)?.[1];
  return { type: essence(text), quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** The most exact range counts: `text/*` over all, `text/html` over both. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const family = `${type.slice(0, type.indexOf('/'))}/*`;
  for (const wanted of [type, family, '*/*', '*']) {
    const range = ranges.find((each) => each.type === wanted);
    if (range) return range.quality;
  }
  return 0;
}
