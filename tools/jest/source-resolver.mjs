import { isAbsolute } from 'node:path';

/**
 * Resolves `./x.js` to `x.ts` beside it, as TypeScript does, in our sources only: what dependencies say, they mean.
 *
 * @type {import('jest-resolve').SyncResolver}
 */
export default function resolve(request, options) {
  const ours = (request.startsWith('.') || isAbsolute(request)) && !options.basedir.includes('/node_modules/');
  return options.defaultResolver(request, ours ? { ...options, extensionAlias: { '.js': ['.ts', '.js'] } } : options);
}
