import { systemProgram } from './system-program.js';

const python = '/usr/bin/python3';
const probe = `import grpc, google.protobuf, subprocess; subprocess.run(['protoc', '--version'], check=True)`;

/**
 * A Python that has gRPC, with `protoc` in `PATH`: Debian's. `undefined` where there is none, or an error: see
 * {@link systemProgram}.
 */
export async function findPythonGrpc(): Promise<string | undefined> {
  const packages = ['python3-grpcio', 'python3-protobuf', 'protobuf-compiler'];
  return (await systemProgram({ probe: [python, '-c', probe], packages })) ? python : undefined;
}
