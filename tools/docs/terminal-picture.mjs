import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * Draws what a program printed as a picture of a terminal, in SVG:
 *
 *     FORCE_COLOR=1 npx skerry services | node tools/docs/terminal-picture.mjs 'npx skerry services' > docs/images/services.svg
 */

const colours = {
  background: '#0d1117',
  bar: '#161b22',
  text: '#c9d1d9',
  dim: '#8b949e',
  // By the number of the colour, 30 to 37; 90 to 97 are the same here.
  numbered: ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#c9d1d9'],
};
const [charWidth, lineHeight, padding, barHeight] = [7.8, 19, 16, 30];

/**
 * @param {string} text What was printed, with its escape codes.
 * @param {string} [title] Shown above, such as the command.
 * @returns {string} The picture.
 */
export function terminalPicture(text, title = '') {
  const lines = text.replace(/\s+$/, '').split('\n').map(spans);
  const longest = Math.max(
    40,
    title.length,
    ...lines.map((line) => line.reduce((sum, span) => sum + span.text.length, 0)),
  );
  const width = Math.ceil(longest * charWidth + 2 * padding);
  const height = barHeight + lines.length * lineHeight + padding + 6;
  const rows = lines.map((line, at) => {
    const y = barHeight + (at + 1) * lineHeight;
    return `<text x="${padding}" y="${y}" xml:space="preserve">${line.map(tspan).join('')}</text>`;
  });
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, at) => `<circle cx="${padding + 6 + at * 18}" cy="15" r="5.5" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title || 'a terminal')}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${colours.background}"/>`,
    `<path d="M0 8a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v${barHeight - 8}H0z" fill="${colours.bar}"/>`,
    ...lights,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="${colours.text}">`,
    `<text x="${width / 2}" y="19" text-anchor="middle" fill="${colours.dim}">${escaped(title)}</text>`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

// Not written as it is: an invisible character in a source is a riddle.
const escapeCode = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`);

/** @typedef {{ text: string, fill?: string, bold?: boolean }} Span */

/**
 * @param {string} line
 * @returns {Span[]}
 */
function spans(line) {
  /** @type {Span[]} */
  const found = [];
  /** @type {Omit<Span, 'text'>} */
  let style = {};
  // Odd ones are escape codes.
  for (const [at, part] of line.split(escapeCode).entries()) {
    if (at % 2 === 0) {
      if (part !== '') found.push({ text: part, ...style });
    } else {
      for (const code of part.split(';')) style = styled(style, Number(code));
    }
  }
  return found;
}

/** @param {Omit<Span, 'text'>} style @param {number} code @returns {Omit<Span, 'text'>} */
function styled(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, fill: colours.dim };
  if (code === 22) return {};
  if (code === 39) return { ...style, fill: colours.text };
  const number = code >= 90 ? code - 90 : code - 30;
  return { ...style, fill: colours.numbered[number] ?? colours.text };
}

/** @param {Span} span */
function tspan({ text, fill, bold }) {
  if (!fill && !bold) return escaped(text);
  return `<tspan${fill ? ` fill="${fill}"` : ''}${bold ? ' font-weight="bold"' : ''}>${escaped(text)}</tspan>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(terminalPicture(readFileSync(0, 'utf8'), process.argv[2]));
}
