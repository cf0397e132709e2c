import { SkerryError } from '../errors/skerry-error.js';

const form = /^unix:\/\/(\/[^\s#?]*)$/;
// The field of the system's socket address ends with a zero.
const longestPath = process.platform === 'linux' ? 107 : 103;

/**
 * Reads `unix:///path/of.sock`: an absolute path, at most 107 bytes on Linux and 103 elsewhere.
 *
 * @param chosen What completes a path that ends with a slash, where the driver may choose a name (listening).
 */
export function parseUnixAddress(address: string, chosen?: () => string): string {
  const given = form.exec(address)?.[1];
  const open = given?.endsWith('/') ?? false;
  if (given === undefined || (open && !chosen)) {
    throw invalid(
      address,
      'write unix:///run/greeter.sock, with an absolute path and no spaces; a path that ends with a slash has a name chosen ' +
        'in that directory, and can be listened on only',
    );
  }
  const path = open ? given + chosen!() : given;
  const bytes = Buffer.byteLength(path);
  if (bytes > longestPath) {
    throw invalid(
      address,
      `its path has ${bytes} bytes, and the system takes ${longestPath} for a socket; use a shorter directory, such as /run or /tmp`,
    );
  }
  return path;
}

function invalid(address: string, why: string): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_ADDRESS_INVALID',
    `cannot use ${JSON.stringify(address)} as the address of a unix socket: ${why}`,
  );
}
