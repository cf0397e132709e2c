import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { tlsConfigInvalid, type ResolvedTlsOptions } from './tls-options.js';

/** Certificates and keys that were read and fit together. */
export interface TlsMaterial {
  /** For Node's own servers. */
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
  /** This process's own; absent where it has none. */
  readonly certificate?: X509Certificate;
}

const begin = '-----BEGIN ';

/** Reads what the options name. Throws `SKERRY_TLS_CONFIG_INVALID` where something is missing, unreadable, or does not fit. */
export function loadTlsMaterial({ certificate, key, ca, minVersion }: ResolvedTlsOptions): TlsMaterial {
  const options: SecureContextOptions = { minVersion };
  let own: X509Certificate | undefined;
  if (certificate !== undefined && key !== undefined) {
    options.cert = read('certificate', certificate);
    options.key = read('key', key);
    own = parsed('certificate', certificate, () => new X509Certificate(options.cert as string));
    const secret: KeyObject = parsed('key', key, () => createPrivateKey(options.key as string));
    if (!own.checkPrivateKey(secret)) {
      const subject = own.subject.replaceAll('\n', ', ');
      throw tlsConfigInvalid(
        `the key ${nameOf(key)} is not that of the certificate ${nameOf(certificate)} (${subject}); replace both together`,
      );
    }
  }
  if (ca !== undefined) {
    options.ca = ca.map((each) => {
      const text = read('ca', each);
      parsed('ca', each, () => new X509Certificate(text));
      return text;
    });
  }
  const context = parsed('certificate', certificate ?? '', () => createSecureContext(options));
  return { options, context, ...(own ? { certificate: own } : {}) };
}

/**
 * Changes when a file does, also when it is replaced by another, or a directory above it is. A file that is missing counts as
 * one state of it.
 */
export function stampOf({ certificate, key, ca = [] }: ResolvedTlsOptions): string {
  return [certificate, key, ...ca]
    .filter((each) => each !== undefined && !each.includes(begin))
    .map((path) => {
      const found = statSync(path!, { throwIfNoEntry: false, bigint: true });
      return found ? `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : 'none';
    })
    .join();
}

/** PEM text, from itself or from its file. */
function read(what: string, textOrPath: string): string {
  if (textOrPath.includes(begin)) return textOrPath;
  let text: string;
  try {
    text = readFileSync(textOrPath, 'utf8');
  } catch (cause) {
    throw tlsConfigInvalid(`the ${what} cannot be read: ${(cause as Error).message}`, cause);
  }
  if (text.includes(begin)) return text;
  throw tlsConfigInvalid(`${textOrPath}, given as the ${what}, holds no PEM text: it has no line ${begin}...`);
}

function parsed<T>(what: string, textOrPath: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const { message } = cause as Error;
    throw tlsConfigInvalid(`the ${what} ${nameOf(textOrPath)} cannot be used: ${message}`, cause);
  }
}

/** A path; never the text of a key. */
function nameOf(textOrPath: string): string {
  return textOrPath.includes(begin) ? 'that was given as text' : textOrPath;
}
