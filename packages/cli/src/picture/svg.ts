import { arrowPaths, type End } from './arrow-path.js';
import { escapeXml } from './escape.js';
import type { Layout, PlacedCard } from './layout.js';
import type { Arrow, Card, Portrait, Row } from './portrait.js';
import { fitted, isInner, rowHeight, sizes, summaryOf } from './sizes.js';

const glyphs: Readonly<Record<Row['kind'], string>> = {
  ...{ service: '', handler: '▸', subscription: '◂', class: '', factory: 'ƒ', value: '=', existing: '↪', block: '' },
};

/**
 * The picture as SVG: complete without a script, which only adds that cards can be folded and looked at.
 *
 * @param folded Whether cards are drawn without their rows.
 */
export function svg(portrait: Portrait, layout: Layout, folded: boolean): string {
  const drawing = new SvgDrawing(portrait, layout, folded ? 'brief' : 'full');
  const { x, y, width, height } = drawing.bounds();
  return [
    `<svg id="picture" viewBox="${x} ${y} ${width} ${height}" role="application" aria-label="${escapeXml(portrait.title)}" tabindex="-1">`,
    `<defs>${markers}</defs>`,
    ...['<g id="between">', ...drawing.arrows(false), '</g>'],
    ...['<g id="cards">', ...portrait.cards.map((card) => drawing.card(card)), '</g>'],
    ...['<g id="within">', ...drawing.arrows(true), '</g>'],
    '</svg>',
  ].join('\n');
}

const heads = ['needs', 'calls', 'events', 'imports', 'up', 'down'];
const markers = heads
  .map(
    (name) =>
      `<marker id="head-${name}" class="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" ` +
      `markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.6L7.6 4L0 7.4z"/></marker>`,
  )
  .join('');

const paths = arrowPaths(sizes.gutter);

class SvgDrawing {
  private readonly cardOf = new Map<string, string>();
  /** Ids of the cards that are drawn without their rows. */
  private readonly folded: ReadonlySet<string>;

  constructor(
    private readonly portrait: Portrait,
    private readonly layout: Layout,
    private readonly way: 'full' | 'brief',
  ) {
    const folded = portrait.cards.filter(({ aside, rows }) => rows.length > 0 && (way === 'brief' || aside));
    this.folded = new Set(folded.map(({ id }) => id));
    for (const { id, rows } of portrait.cards)
      for (const each of [id, ...rows.map((row) => row.id)]) this.cardOf.set(each, id);
  }

  bounds(): { x: number; y: number; width: number; height: number } {
    const { way } = this;
    const placed = [...this.layout.cards.values()];
    const top = Math.min(0, ...placed.map((card) => card.top[way]));
    const bottom = Math.max(80, ...placed.map((card) => card.top[way] + card.height[way]));
    const { columns } = this.layout;
    const [left, right] = [columns[0]?.left ?? 0, columns.at(-1)?.right ?? 200];
    const round = Math.round;
    return {
      x: round(left - 32),
      y: round(top - 32),
      width: round(right - left + 64),
      height: round(bottom - top + 64),
    };
  }

  card(card: Card): string {
    const { way } = this;
    const placed = this.layout.cards.get(card.id)!;
    const { left, right } = this.layout.columns[placed.column]!;
    const folded = this.folded.has(card.id);
    const width = right - left;
    const classes = ['card', card.kind, ...(card.application === undefined ? [] : [`app${card.application % 6}`])];
    const foldable = card.rows.length > 0;
    const title = fitted(card.name, width, card.note, { indent: 50, title: true });
    return [
      `<g class="${[...classes, ...(folded ? ['folded'] : [])].join(' ')}" data-card="${escapeXml(card.id)}" ` +
        `transform="translate(${left} ${placed.top[way]})">`,
      `<rect class="box" width="${width}" height="${placed.height[folded ? 'brief' : 'full']}" rx="10"/>`,
      `<g class="item head" data-id="${escapeXml(card.id)}" tabindex="-1" role="button" aria-label="${escapeXml(ariaOf(card))}"` +
        `${foldable ? ` aria-expanded="${!folded}"` : ''}>`,
      `<title>${escapeXml(card.name)}</title>`,
      foldable
        ? `<path class="cap" d="M0 ${sizes.head}V10A10 10 0 0 1 10 0H${width - 10}A10 10 0 0 1 ${width} 10V${sizes.head}z"/>`
        : `<rect class="cap" width="${width}" height="${sizes.head}" rx="10"/>`,
      ...(foldable ? [`<g class="fold"><rect width="30" height="${sizes.head}"/><path d="M14 16l5 5l5 -5"/></g>`] : []),
      `<text class="title" x="${foldable ? 32 : 16}" y="24">${escapeXml(title)}</text>`,
      `<text class="note" x="${width - 12}" y="24">${escapeXml(card.note)}</text>`,
      '</g>',
      ...(foldable ? [`<text class="summary" x="32" y="${sizes.head + 14}">${escapeXml(summaryOf(card))}</text>`] : []),
      ...['<g class="rows">', ...card.rows.map((row) => this.row(row, placed, width)), '</g>', '</g>'],
    ].join('\n');
  }

  arrows(within: boolean): string[] {
    const wanted = this.portrait.arrows.filter(
      ({ from, to }) => (this.cardOf.get(from) === this.cardOf.get(to)) === within,
    );
    return wanted.map((arrow) => {
      const gone = within && this.folded.has(this.cardOf.get(arrow.from)!) ? ' gone' : '';
      const path = within ? this.inside(arrow) : this.outside(arrow);
      return `<path class="arrow ${arrow.kind}${gone}" data-from="${escapeXml(arrow.from)}" data-to="${escapeXml(arrow.to)}" d="${path}"/>`;
    });
  }

  private row(row: Row, placed: PlacedCard, width: number): string {
    const height = rowHeight(row);
    const inner = isInner(row);
    const indent = inner ? 46 : 34;
    const right = placed.gutter ? sizes.gutter : 12;
    const name = fitted(row.name, width - right, row.note, { indent });
    const glyph = glyphs[row.kind];
    const y = Math.round(height / 2 + 4);
    return [
      `<g class="item row ${row.kind}" data-id="${escapeXml(row.id)}" tabindex="-1" role="button" aria-label="${escapeXml(ariaOf(row))}" ` +
        `transform="translate(0 ${placed.rows.get(row.id)! - height / 2})">`,
      `<title>${escapeXml(row.name)}</title>`,
      `<rect class="hit" x="5" y="1" width="${width - 10}" height="${height - 2}" rx="5"/>`,
      glyph === ''
        ? this.shape(row, height / 2)
        : `<text class="glyph" x="${inner ? 36 : 20}" y="${y}">${glyph}</text>`,
      `<text class="name" x="${indent}" y="${y}">${escapeXml(name)}</text>`,
      `<text class="note" x="${width - right}" y="${y}">${escapeXml(row.note)}</text>`,
      '</g>',
    ].join('');
  }

  private shape({ kind }: Row, middle: number): string {
    if (kind === 'service') return `<circle class="sign" cx="20" cy="${middle}" r="5"/>`;
    if (kind === 'block') return `<path class="sign" d="M20 ${middle - 5}l5 5l-5 5l-5 -5z"/>`;
    return `<rect class="sign" x="16" y="${middle - 4}" width="8" height="8" rx="2"/>`;
  }

  private inside({ from, to }: Arrow): string {
    return paths.within(this.end(from), this.end(to).y);
  }

  private outside({ from, to }: Arrow): string {
    const { layout, way } = this;
    const [start, end] = [this.end(from), this.end(to)];
    const route = layout.routes.get(`${this.cardOf.get(from)!}\n${this.cardOf.get(to)!}`);
    const [first, last] = [start, end].map(({ column }) => layout.columns.indexOf(column)) as [number, number];
    const between = (route?.[way] ?? []).map((y, index) => {
      const column = layout.columns[first + Math.sign(last - first) * (index + 1)]!;
      return { column, y };
    });
    return paths.between(start, end, between);
  }

  private end(id: string): End {
    const placed = this.layout.cards.get(this.cardOf.get(id)!)!;
    const below = this.folded.has(this.cardOf.get(id)!) ? undefined : placed.rows.get(id);
    return { column: this.layout.columns[placed.column]!, y: placed.top[this.way] + (below ?? sizes.head / 2) };
  }
}

function ariaOf({ kind, name, note }: Card | Row): string {
  return `${kind} ${name}${note ? `, ${note}` : ''}`;
}
