import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { withoutNoise } from '../container/class-text.js';
import { firstFrame, locate, originalOf, shownPath } from '../container/location.js';
import { SkerryError } from '../errors/skerry-error.js';

/**
 * Explains why importing an application failed. ES modules that import each other in a circle, with decorators that need
 * each other's classes at once, end in a raw `ReferenceError: Cannot access 'Orders' before initialization`; this finds the
 * circle and names its files. Everything else is wrapped as `SKERRY_APP_LOAD_FAILED` with its cause.
 */
export function explainImportError(error: unknown, what: string): SkerryError {
  if (SkerryError.is(error)) return error;
  const { name, message, stack } = asError(error);
  const frames = topFrames(stack);
  const place = locate({ stack: frames[0] });
  const at = place ? `${place.file}:${place.line}` : '';
  const unready = name === 'ReferenceError' && /^Cannot access '([^']+)' before initialization/.exec(message)?.[1];
  const circle = unready && importCircle(unready, [...new Set(frames.map((frame) => firstFrame(frame)!.path))]);
  if (!circle) {
    const reason = name ? `${name}: ${message}` : message;
    const text = `Cannot load ${what}: ${reason}${at ? ` (${at})` : ''}`;
    return new SkerryError('SKERRY_APP_LOAD_FAILED', text, { cause: error });
  }
  const files = circle.map(sourceOf);
  const lines = [
    `Cannot load ${what}: ${unready} is used before it is defined, because files import each other in a circle.`,
    `  at     ${at}`,
    ...files.map((each, index) => (index === 0 ? `  circle ${each}` : `         ─▶ ${each}`)),
    `  fix    move what both files need into a third one; or, if one needs only the type, \`import type { ${unready} }\` and`,
    `         name it by @Inject(TOKEN); for modules, write imports: [() => ${unready}]`,
  ];
  return new SkerryError('SKERRY_ESM_CYCLE', lines.join('\n'), { cause: error, details: { name: unready, files } });
}

/** What can be read of anything that was thrown; an error may be one of another realm. */
function asError(thrown: unknown): { name: string; message: string; stack: string } {
  if (typeof thrown !== 'object' || thrown === null) return { name: '', message: String(thrown), stack: '' };
  const { name, message, stack } = thrown as Partial<Error>;
  return { name: String(name ?? ''), message: String(message ?? 'an object was thrown'), stack: String(stack ?? '') };
}

/** The way to where it was thrown, as far as it leads through files: below Node's loader it is that of whoever imports. */
function topFrames(stack: string): string[] {
  // Node says in a first line of its own what does not link, instead of in a frame.
  const unlinked = /^((?:file:\/\/|\/).*:\d+)\n/.exec(stack)?.[1];
  if (unlinked) return [`    at ${unlinked}:1`];
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  const end = frames.findIndex((frame) => !firstFrame(frame));
  return end < 0 ? frames : frames.slice(0, end);
}

/**
 * The shortest circle of imports that begins and ends at the file that uses `name` too early, entering it by an import of
 * that name where there is one; `undefined` when there is none, or when it has nothing to do with it.
 *
 * @param files That file, and those that called into it.
 */
function importCircle(name: string, files: readonly string[]): string[] | undefined {
  const [file, ...callers] = files;
  if (!file) return undefined;
  const imports = importsOf(file);
  const named = imports.filter(({ statement }) => statement.split(/[^\w$]+/).includes(name));
  // A file that defines the name itself, and uses it too early with nobody's help.
  if (named.length === 0 && callers.length === 0 && defines(file, name)) return undefined;
  const starts = new Set((named.length > 0 ? named : imports).map(({ path }) => path));
  const ways = [...starts].map((start) => [file, start]);
  for (const way of ways) {
    if (way.at(-1) === file) return way;
    for (const { path } of importsOf(way.at(-1)!)) {
      if (path !== file && starts.has(path)) continue;
      starts.add(path);
      ways.push([...way, path]);
    }
  }
  return undefined;
}

function defines(file: string, name: string): boolean {
  const words = withoutNoise(read(file)).split(/[^\w$]+/);
  return words.some((word, index) => word === name && ['class', 'const', 'let'].includes(words[index - 1] ?? ''));
}

/** The relative imports of a file that survive at run time. */
function importsOf(file: string): { statement: string; path: string }[] {
  const source = read(file);
  const pattern = /\b(?:import\s*|(?:import|export)\b(?!\s*type\s+[\w$*{])[^'"`;()]*?\bfrom\s*)['"]/g;
  return [...withoutNoise(source).matchAll(pattern)].flatMap(({ 0: statement, index }) => {
    const from = index + statement.length;
    const specifier = source.slice(from, source.indexOf(source[from - 1]!, from));
    if (!specifier.startsWith('.')) return [];
    const path = resolve(dirname(file), specifier);
    const candidates = [path, path.replace(/\.([cm]?)js$/, '.$1ts'), `${path}.ts`];
    const found = candidates.find((each) => existsSync(each));
    return found ? [{ statement, path: found }] : [];
  });
}

/** The file as its author knows it, by what its end was compiled from: a beginning may be the compiler's own. */
function sourceOf(path: string): string {
  return shownPath(originalOf({ path, line: Number.MAX_SAFE_INTEGER, column: 1 }).path);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
