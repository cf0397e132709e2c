import { SourceMap, type SourceMapping, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CompiledFiles } from './compiled-files.js';
import { isOwn, isTypeScript } from './typescript-file.js';

/**
 * Has stack traces name the lines of TypeScript files. Node's own `--enable-source-maps` reads the map of every file that is
 * imported, installed ones too, which makes a start a third longer; this reads those of files that are in a trace.
 */
export function traceSources(compiled: CompiledFiles, root: string): void {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (path: string): SourceMap | undefined => {
    if (!maps.has(path)) maps.set(path, inlineMap(compiled.kept(path)));
    return maps.get(path);
  };
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map((site) => {
      const text = `\n    at ${String(site)}`;
      const url = site.getFileName();
      if (!url?.startsWith('file:') || !isTypeScript(url)) return text;
      const path = fileURLToPath(url);
      if (!isOwn(path, root)) return text;
      const found = mapOf(path)?.findEntry((site.getLineNumber() ?? 1) - 1, (site.getColumnNumber() ?? 1) - 1);
      const { originalLine, originalColumn } = (found ?? {}) as Partial<SourceMapping>;
      if (originalLine === undefined || originalColumn === undefined) return text;
      return text.replace(/:\d+:\d+(\)?)$/, `:${originalLine + 1}:${originalColumn + 1}$1`);
    });
    return headOf(error) + frames.join('');
  };
}

function headOf(error: Error): string {
  try {
    // What captures a stack for later need not be an error.
    return error instanceof Error ? Error.prototype.toString.call(error) : '';
  } catch {
    return '<error>';
  }
}

function inlineMap(code: string | undefined): SourceMap | undefined {
  const data = code && /^\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(\S+)$/m.exec(code)?.[1];
  if (!data) return undefined;
  return new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString()) as SourceMapPayload);
}
