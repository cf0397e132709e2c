/**
 * Reading classes out of source text, compiled or not: decorators know neither names nor lines. A small scanner and no
 * parser: at worst a message lacks a name or shows a neighbouring line.
 */

/** A part of a text, `end` excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The text with comments and the insides of literals blanked out; of the same length, with the same lines. */
export function withoutNoise(source: string): string {
  let text = '';
  /** For each `${` that is open, how many braces are open in it: its own `}` goes on with the template. */
  const holes: number[] = [];
  while (text.length < source.length) {
    const at = text.length;
    const char = source[at]!;
    const hole = holes.length - 1;
    const resumes = char === '}' && holes[hole] === 0;
    if (resumes) holes.pop();
    else if (char === '{' && hole >= 0) holes[hole]!++;
    else if (char === '}' && hole >= 0) holes[hole]!--;
    const noise = resumes || char === '`' ? template(source, at) : literalOrComment(source, at, text);
    if (noise.endsWith('${')) holes.push(0);
    text += noise === '' ? char : blanked(noise);
  }
  return text;
}

/** From a backtick, or from the `}` that ends a hole, to the next hole or the end of the template. */
function template(source: string, at: number): string {
  return match(/[`}](?:\\[^]|\$(?!\{)|[^\\`$])*(?:`|\$\{|$)/y, source, at);
}

function literalOrComment(source: string, at: number, before: string): string {
  switch (source[at]) {
    case "'":
      return match(/'(?:\\[^]|[^'\\\n])*'/y, source, at);
    case '"':
      return match(/"(?:\\[^]|[^"\\\n])*"/y, source, at);
    case '/':
      return match(/\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*/y, source, at) || (canBeginRegExp(before) ? regExp(source, at) : '');
    default:
      return '';
  }
}

function regExp(source: string, at: number): string {
  return match(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//y, source, at);
}

/** After a value, a slash divides. */
function canBeginRegExp(before: string): boolean {
  const code = before.trimEnd();
  return (
    !/[\w$)\]}'"`/]$/.test(code) ||
    /\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(code)
  );
}

/** Keeps the quotes, which show that a value stood there, and the lines. */
function blanked(noise: string): string {
  const inside = noise.slice(1, -1).replace(/[^\n]/g, ' ');
  const [first, last] = [noise[0]!, noise.at(-1)!].map((char) => (/['"`\n]/.test(char) ? char : ' '));
  return noise.length === 1 ? first! : `${first}${inside}${last}`;
}

function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

/**
 * What stands between the parentheses of the constructor that a class declares; `undefined` when it declares none.
 *
 * @param text {@link withoutNoise}.
 * @param from Where the class's declaration begins.
 */
export function constructorList(text: string, from = 0): Range | undefined {
  const body = classBody(text, from);
  if (!body) return undefined;
  let list: Range | undefined;
  for (const at of topLevel(text, body)) {
    if (!text.startsWith('constructor', at) || /(?:[\w$.#]|\bstatic\s+)$/.test(text.slice(body.start, at))) continue;
    const opening = match(/constructor\s*\(/y, text, at);
    const start = at + opening.length;
    // Of several signatures the last is the one that has a body.
    if (opening !== '') list = { start, end: closing(text, start) };
  }
  return list;
}

/** The parameters of a list, without those that are empty because of a trailing comma. */
export function splitList(text: string, list: Range): string[] {
  const commas = [...topLevel(text, list)].filter((at) => text[at] === ',');
  const starts = [list.start, ...commas.map((at) => at + 1)];
  return starts
    .map((start, index) => text.slice(start, commas[index] ?? list.end).trim())
    .filter((part) => part !== '');
}

function classBody(text: string, from: number): Range | undefined {
  for (let at = from; at < text.length; at++) {
    if (!'([{'.includes(text[at]!)) continue;
    const end = closing(text, at + 1);
    // What is followed by one of these is no body, but a type or a class in the heading.
    if (text[at] === '{' && !/^\s*[>,{&|]/.test(text.slice(end + 1, end + 80))) return { start: at + 1, end };
    at = end;
  }
  return undefined;
}

/** The positions in `range` that stand in no brackets of their own. */
function* topLevel(text: string, range: Range): Generator<number> {
  for (let at = range.start; at < range.end; at++) {
    yield at;
    if ('([{'.includes(text[at]!)) at = closing(text, at + 1);
  }
}

/** Where the bracket that was opened just before `from` is closed. */
function closing(text: string, from: number): number {
  let level = 0;
  for (let at = from; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) level++;
    else if (')]}'.includes(text[at]!) && level-- === 0) return at;
  }
  return text.length;
}
