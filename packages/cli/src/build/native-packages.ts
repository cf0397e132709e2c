import { dirname } from 'node:path';
import { readManifest } from '../workspace/manifest.js';
import { packageDirectory } from '../workspace/workspace-root.js';

interface NativeManifest {
  readonly name?: string;
  readonly gypfile?: boolean;
  readonly binary?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const builders =
  /^(bindings|prebuild-install|node-addon-api|node-gyp-build(-optional-packages)?|node-pre-gyp|@mapbox\/node-pre-gyp)$/;
const forPlatform = /(^|[-/@])(linux|darwin|win32)[-_](x64|arm64|arm|ia32)/;

/** Whether the package of a file brings compiled code of the platform, which only finds its way from where it is installed. */
export function isNative(path: string): boolean {
  if (path.endsWith('.node')) return true;
  const directory = packageDirectory(dirname(path));
  const manifest = directory === undefined ? undefined : (readManifest(directory) as NativeManifest | undefined);
  if (!manifest) return false;
  const { gypfile, binary, dependencies = {}, optionalDependencies = {} } = manifest;
  return (
    gypfile === true ||
    binary !== undefined ||
    Object.keys(dependencies).some((name) => builders.test(name)) ||
    Object.keys(optionalDependencies).some((name) => forPlatform.test(name))
  );
}
