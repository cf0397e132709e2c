import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { list } from 'tar';

/** What package.json says, as far as a registry repeats it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** A package as `npm pack` left it. */
export interface PackageTarball {
  readonly path: string;
  readonly manifest: Manifest;
  readonly bytes: Buffer;
  /** As npm checks it: SHA-512, in base64 after `sha512-`. */
  readonly integrity: string;
  /** SHA-1, in hexadecimal, for what is older. */
  readonly shasum: string;
  readonly packedAt: Date;
}

/** Reads a tarball whole. Rejects when there is no package.json in it. */
export async function readPackageTarball(path: string): Promise<PackageTarball> {
  const [bytes, { mtime }, manifest] = await Promise.all([readFile(path), stat(path), manifestIn(path)]);
  const hash = (algorithm: string): Buffer => createHash(algorithm).update(bytes).digest();
  const integrity = `sha512-${hash('sha512').toString('base64')}`;
  return { path, manifest, bytes, integrity, shasum: hash('sha1').toString('hex'), packedAt: mtime };
}

async function manifestIn(path: string): Promise<Manifest> {
  const parts: Buffer[] = [];
  await list({
    file: path,
    filter: (each) => each === 'package/package.json',
    onReadEntry: (entry) => entry.on('data', (data: Buffer) => parts.push(data)),
  });
  if (parts.length === 0) throw new Error(`${path} is not a packed package: there is no package/package.json in it`);
  return JSON.parse(Buffer.concat(parts).toString()) as Manifest;
}
