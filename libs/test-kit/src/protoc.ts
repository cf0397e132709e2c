import { systemProgram } from './system-program.js';

/** With the files that others import, which Debian packs apart. */
export const protocPackages: readonly string[] = ['protobuf-compiler', 'libprotobuf-dev'];

/** What says whether they are there, for a shell. */
export const protocProbe = 'test -e /usr/include/google/protobuf/any.proto && protoc --version';

/** Whether `protoc` is in `PATH`, with the well-known types: Debian's. See {@link systemProgram}. */
export async function findProtoc(): Promise<boolean> {
  return systemProgram({ probe: ['sh', '-c', protocProbe], packages: protocPackages });
}
