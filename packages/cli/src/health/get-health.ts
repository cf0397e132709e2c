import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { CheckState, HealthCheckKind, HealthStatus } from '@skerry/core';
import type { Fleet } from '../fleet/fleet.js';

/** What `/health/ready` says. */
export interface HealthAnswer {
  readonly status: HealthStatus;
  readonly checks: readonly { readonly name: string; readonly kind: HealthCheckKind; readonly state: CheckState }[];
}

// Thousands of checks, and an end to what is none. In characters.
const longest = 1_000_000;

/**
 * Asks an application for its health by HTTP, with the certificates of the fleet. `undefined` where it answers and does not offer
 * that. Rejects when nobody answers, with the signal's reason when that is aborted.
 *
 * @param address `http://127.0.0.1:4101`, `https://...`
 * @param service Whose that is.
 */
export async function getHealth(
  address: string,
  service: string,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<HealthAnswer | undefined> {
  const url = new URL('/health/ready', address);
  const secure = url.protocol === 'https:' ? tlsOf(fleet, url.hostname, service) : {};
  const response = await answered(url, { signal, agent: false, ...secure });
  if (response.statusCode !== 200 && response.statusCode !== 503) {
    response.destroy();
    return undefined;
  }
  let body = '';
  for await (const piece of response.setEncoding('utf8') as AsyncIterable<string>) {
    body += piece;
    // Leaving the loop destroys the response.
    if (body.length > longest) return undefined;
  }
  return asAnswer(body);
}

function answered(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestSecure(url, options) : requestPlain(url, options);
    request.on('response', resolve).on('error', reject).end();
  });
}

function tlsOf({ app, core }: Fleet, host: string, service: string): object {
  const credentials = app.get(core.TlsCredentials);
  const identity = core.expectedIdentity(host, credentials.options.serverName, service);
  return { ...identity, secureContext: credentials.current.context, rejectUnauthorized: true };
}

const statuses: readonly string[] = ['starting', 'ready', 'not-ready', 'stopped'] satisfies HealthStatus[];

/** Something else may answer there as well. */
function asAnswer(body: string): HealthAnswer | undefined {
  let answer: Partial<HealthAnswer> | null;
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return undefined;
  }
  if (typeof answer?.status !== 'string' || !statuses.includes(answer.status)) return undefined;
  const { status, checks } = answer;
  return { status, checks: Array.isArray(checks) ? checks.filter(isCheck) : [] };
}

function isCheck(value: unknown): value is HealthAnswer['checks'][number] {
  const { name, kind, state } = (value ?? {}) as Record<string, unknown>;
  return [name, kind, state].every((each) => typeof each === 'string');
}
