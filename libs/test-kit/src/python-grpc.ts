import { protocPackages, protocProbe } from './protoc.js';
import { systemProgram } from './system-program.js';

const python = '/usr/bin/python3';
const probe = `${python} -c 'import grpc, google.protobuf' && ${protocProbe}`;

/**
 * A Python that has gRPC, with `protoc` in `PATH`: Debian's. `undefined` where there is none, or an error: see
 * {@link systemProgram}.
 */
export async function findPythonGrpc(): Promise<string | undefined> {
  const packages = ['python3-grpcio', 'python3-protobuf', ...protocPackages];
  return (await systemProgram({ probe: ['sh', '-c', probe], packages })) ? python : undefined;
}
