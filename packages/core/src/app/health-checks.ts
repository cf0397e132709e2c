import { isClass, type Class } from '../container/token.js';
import { declaredHealthChecks, type DeclaredHealthCheck, type HealthCheckKind } from '../debug/health-check.js';
import type { Check } from '../debug/health-probe.js';
import { place } from '../module/explain.js';
import type { ProviderNode } from '../module/graph.js';
import type { Problem } from '../module/problem.js';
import type { Hooked } from './hooks.js';

const kinds: ReadonlySet<unknown> = new Set<HealthCheckKind>(['readiness', 'liveness']);

/** What is wrong with the health checks that the providers declare. */
export function invalidHealthChecks(providers: readonly ProviderNode[]): Problem[] {
  return providers.flatMap((provider) => {
    const type = provider.type ?? (isClass(provider.token) ? provider.token : undefined);
    if (!type || provider.kind === 'existing') return [];
    return declaredHealthChecks(type).flatMap((check) => {
      const fault = wrongPlace(type, check) ?? wrongOption(check) ?? wrongScope(provider);
      return fault ? [invalid(provider, type, check, fault)] : [];
    });
  });
}

/** The health checks of all instances, each bound to its own. */
export function healthChecks(instances: readonly Hooked[]): Check[] {
  return instances.flatMap(({ instance }) => {
    const owner = instance as Record<string, () => unknown>;
    const type = owner.constructor as Class | undefined;
    if (typeof type !== 'function') return [];
    return declaredHealthChecks(type).map(({ name, method, kind, intervalMs, timeoutMs }): Check => {
      const run = (): unknown => owner[method!]!();
      return { name: name ?? `${type.name}.${method}`, kind, intervalMs, timeoutMs, run };
    });
  });
}

/** Why a check cannot work, and what to do. */
interface Fault {
  readonly message: string;
  readonly fix: string;
}

function wrongPlace(type: Class, { method, isStatic }: DeclaredHealthCheck): Fault | undefined {
  const fix = 'decorate a method that takes nothing';
  if (method === undefined) return { message: 'it stands on the class', fix };
  if (isStatic) return { message: 'the method is static', fix: 'decorate a method of the instances' };
  // Not read: it might be an accessor, which would run without an instance.
  for (let each = type.prototype as object | null; each; each = Object.getPrototypeOf(each) as object | null) {
    const member = Object.getOwnPropertyDescriptor(each, method);
    if (member) return typeof member.value === 'function' ? undefined : { message: 'it is no method', fix };
  }
  return { message: 'it is no method', fix };
}

function wrongOption({ kind, name, intervalMs, timeoutMs }: DeclaredHealthCheck): Fault | undefined {
  if (!kinds.has(kind)) return { message: `its kind is '${kind}'`, fix: `write one of ${[...kinds].join(', ')}` };
  if (name === '') return { message: 'its name is empty', fix: 'give it a name, or leave it out' };
  for (const [option, value] of Object.entries({ intervalMs, timeoutMs })) {
    if (value > 0 && value < 2 ** 31) continue;
    return { message: `its ${option} is ${value}`, fix: 'give milliseconds, more than 0 and less than 2^31' };
  }
  return undefined;
}

function wrongScope({ scope }: ProviderNode): Fault | undefined {
  if (scope === 'singleton') return undefined;
  const message = `the provider's scope is '${scope}', so that there is no one instance to ask`;
  return { message, fix: 'move the check to a singleton, such as the connection that it is about' };
}

function invalid(
  provider: ProviderNode,
  type: Class,
  { method }: DeclaredHealthCheck,
  { message, fix }: Fault,
): Problem {
  return {
    code: 'SKERRY_HEALTH_INVALID',
    message: `Cannot check the health of ${method === undefined ? type.name : `${type.name}.${method}`}: ${message}.`,
    ...place(provider),
    path: [...provider.module.path, provider.name],
    found: [],
    fix,
  };
}
