import type { JsonSchema } from '@skerry/core';

/** A service as a `.proto` describes it: one of an application's contract is one. */
export interface ProtoService {
  /** What stands before its last dot is the package: `helloworld.Greeter`. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly handlers: readonly ProtoHandler[];
}

export interface ProtoHandler {
  readonly name: string;
  readonly kind: 'unary' | 'server-stream' | 'client-stream' | 'bidirectional';
  readonly description?: string | undefined;
  /** Absent for a handler that takes nothing. */
  readonly request?: JsonSchema | undefined;
  /** Absent for a handler that does not say what it replies. */
  readonly reply?: JsonSchema | undefined;
}

/** The package and the name of a service in a `.proto`: its own, with `_` for signs that those do not have. */
export function protoServiceName(name: string): { readonly package: string; readonly name: string } {
  const parts = name.split('.').map(identifier);
  const last = parts.pop()!;
  return { package: parts.join('.'), name: last };
}

export function identifier(name: string): string {
  const written = name.replace(/\W/g, '_');
  return /^[A-Za-z]/.test(written) ? written : `x${written}`;
}
