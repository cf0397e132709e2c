import { UsageError } from '../usage-error.js';

export interface Target {
  readonly service: string;
  readonly handler: string;
}

/** Reads `greeter.hello`: a service's name may have dots, a handler's has none. @param command For the error: `skerry call`. */
export function parseTarget(target: string, command: string): Target {
  const dot = target.lastIndexOf('.');
  const service = target.slice(0, Math.max(dot, 0));
  const handler = target.slice(dot + 1);
  if (service !== '' && handler !== '') return { service, handler };
  const name = service || handler;
  throw new UsageError(
    `${command}: '${target}' is not the name of a handler; write <service>.<handler>.`,
    dot < 0 && name ? `write ${command} ${name}.<handler>; skerry describe ${name} lists its handlers` : undefined,
  );
}
