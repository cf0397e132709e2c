import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arrowPaths } from './arrow-path.js';
import { escapeXml, scriptJson, shownData } from './escape.js';
import { layOut, type Layout } from './layout.js';
import type { Portrait } from './portrait.js';
import { sizes } from './sizes.js';
import { svg } from './svg.js';

// What fits on a screen and can still be read.
const mostOpenRows = 90;

/**
 * One HTML file that needs nothing else: no network, no other file. Its policy allows its own script and its own style and
 * nothing more, so that no text in it can do anything.
 */
export async function page(given: Portrait): Promise<string> {
  const [style, ownScript] = await Promise.all(['page.css', 'page.js'].map(asset));
  const script = `const arrowPaths = ${arrowPaths.toString()};\n${ownScript}`;
  const portrait = shownData(given);
  const layout = layOut(portrait);
  const folded = portrait.cards.reduce((sum, { rows }) => sum + rows.length, 0) > mostOpenRows;
  const policy = `default-src 'none'; style-src '${hashOf(style!)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(portrait.title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeXml(heading(portrait))}</h1>
${applications(portrait)}
<div id="tools" hidden>
<output id="found" aria-live="polite"></output>
<input id="search" type="search" placeholder="Search  /" aria-label="Search" autocomplete="off" spellcheck="false">
<button id="fold" type="button" title="Fold all cards, or open all (F)">Fold</button>
<button id="out" type="button" title="Smaller (-)" aria-label="Smaller">−</button>
<button id="in" type="button" title="Larger (+)" aria-label="Larger">+</button>
<button id="fit" type="button" title="All of it (0)">Fit</button>
</div>
</header>
<main>
${svg(portrait, layout, folded)}
<aside id="details" aria-live="polite" hidden></aside>
</main>
<footer>${legend}</footer>
<script type="application/json" id="data">${scriptJson(dataOf(portrait, layout, folded))}</script>
<script>${script}</script>
</body>
</html>
`;
}

function asset(name: string): Promise<string> {
  return readFile(new URL(`../../assets/picture/${name}`, import.meta.url), 'utf8');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function heading({ applications: names, title }: Portrait): string {
  return names.length > 1 ? `${names.length} applications` : title;
}

/** Which colour is whose, where there are several. */
function applications({ applications: names }: Portrait): string {
  if (names.length < 2) return '';
  const items = names.map((name, index) => `<li class="app${index % 6}">${escapeXml(name)}</li>`);
  return `<ul id="applications" aria-label="Applications">${items.join('')}</ul>`;
}

const legend = [
  ...[
    ['needs', 'needs'],
    ['lazy', 'needs lazily'],
    ['calls', 'calls'],
    ['events', 'events'],
    ['imports', 'imports'],
  ].map(
    ([kind, text]) =>
      `<span class="key ${kind}"><svg viewBox="0 0 34 10" aria-hidden="true"><path d="M1 5H33"/></svg>${text}</span>`,
  ),
  '<span class="hint">drag to move · wheel to zoom · click for details · arrow keys, Enter, Esc</span>',
].join('\n');

/** What the script works with: everything that the picture itself does not say. */
function dataOf(
  { applications: names, cards, arrows }: Portrait,
  { columns, cards: placed, routes }: Layout,
  folded: boolean,
): object {
  return {
    sizes: { head: sizes.head, gutter: sizes.gutter },
    folded,
    applications: names,
    columns,
    cards: cards.map(({ rows, ...card }) => {
      const { column, top, height, rows: middles } = placed.get(card.id)!;
      return { ...card, column, top, height, rows: rows.map((row) => ({ ...row, y: middles.get(row.id) })) };
    }),
    arrows,
    routes: Object.fromEntries(routes),
  };
}
