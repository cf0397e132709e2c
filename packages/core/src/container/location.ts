import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { constructorList, withoutNoise } from './class-text.js';

/**
 * A place in the code, remembered cheaply when a decorator runs. V8 formats a stack only when somebody reads it, so the
 * thousands of places that no error message needs cost little.
 */
export interface Site {
  readonly stack?: string;
}

/** A place in the code as people know it: the source, not what was compiled from it. */
export interface Location {
  /** Relative to the working directory where it is below it. */
  readonly file: string;
  readonly line: number;
}

/** Remembers where `decorator` was called. */
export function captureSite(decorator: (...args: never[]) => unknown): Site {
  const site: Site = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(site, decorator);
  Error.stackTraceLimit = limit;
  return site;
}

/**
 * Finds the place again, through source maps. Compilers map decorators badly, so when `className` is given its declaration
 * is looked for in the source, and then the constructor's `parameter`.
 */
export function locate(site: Site | undefined, className?: string, parameter?: string): Location | undefined {
  const frame = firstFrame(site?.stack);
  if (!frame) return undefined;
  const source = originalOf(frame);
  const line = (className && declarationLine(source, className, parameter)) || source.line;
  return { file: shownPath(source.path), line };
}

/** A path as messages show it: relative to the working directory where it is below it. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') || isAbsolute(below) ? path : below;
}

export interface Frame {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The first frame of a stack that is in a file. */
export function firstFrame(stack: string | undefined): Frame | undefined {
  const pattern = /^\s*at (?:async )?(?:.*? \()?((?:file:\/\/|\/|[A-Za-z]:\\).*?):(\d+):(\d+)\)?$/m;
  const [, place, line, column] = pattern.exec(stack ?? '') ?? [];
  if (place === undefined) return undefined;
  const path = place.startsWith('file:') ? pathOf(place) : place;
  return path === undefined ? undefined : { path, line: Number(line), column: Number(column) };
}

/** The file and line that were compiled to this place, by the source map that the compiled file names. */
export function originalOf(frame: Frame): { path: string; line: number; text: string } {
  const text = read(frame.path);
  const unmapped = { path: frame.path, line: frame.line, text };
  const link = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)?.[1];
  if (link === undefined) return unmapped;
  try {
    const here = pathToFileURL(frame.path);
    const url = new URL(link, here);
    const payload = JSON.parse(url.protocol === 'data:' ? inlined(link) : read(fileURLToPath(url))) as SourceMapPayload;
    const entry = new SourceMap(payload).findEntry(frame.line - 1, frame.column - 1);
    if (!('originalSource' in entry)) return unmapped;
    const root = payload.sourceRoot ? `${payload.sourceRoot.replace(/\/$/, '')}/` : '';
    const path = pathOf(new URL(root + entry.originalSource, url.protocol === 'data:' ? here : url).href);
    if (path === undefined) return unmapped;
    const content = payload.sourcesContent?.[payload.sources.indexOf(entry.originalSource)];
    return { path, line: entry.originalLine + 1, text: content ?? read(path) };
  } catch {
    // A broken source map must not hide the error that is being explained.
    return unmapped;
  }
}

function inlined(link: string): string {
  const [heading = '', data = ''] = link.split(',', 2);
  return heading.endsWith(';base64') ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
}

/** `undefined` for what is no file of this machine, such as `webpack://`. */
function pathOf(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Of several classes of that name in one file, the one that is declared next to where its decorator stands. */
function declarationLine(
  source: { text: string; line: number },
  className: string,
  parameter?: string,
): number | undefined {
  const text = withoutNoise(source.text);
  const declarations = [...text.matchAll(new RegExp(`\\bclass\\s+${escaped(className)}(?![\\w$])`, 'g'))];
  const lines = declarations.map(({ index }) => ({ index, line: lineAt(text, index) }));
  const [nearest] = lines.sort((a, b) => Math.abs(a.line - source.line) - Math.abs(b.line - source.line));
  if (!nearest) return undefined;
  const list = parameter ? constructorList(text, nearest.index) : undefined;
  if (!parameter || !list) return nearest.line;
  const found = new RegExp(`(?<![\\w$])${escaped(parameter)}(?![\\w$])`).exec(text.slice(list.start, list.end));
  return found ? lineAt(text, list.start + found.index) : nearest.line;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}
