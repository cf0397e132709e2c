import {
  Module,
  Skerry,
  type Application,
  type ApplicationOptions,
  type Client,
  type DynamicModule,
} from '@skerry/core';
import type { Connected, Contender } from '../pairs/contender.js';

/** What is not the default on one side. */
export interface Unlike {
  readonly imports?: readonly DynamicModule[];
  readonly options?: ApplicationOptions;
}

export type Side = 'server' | 'client';

/**
 * An application that serves `service`, and another that calls it: all defaults but what `unlike` says, and the log, which is
 * silent. The one that serves is started first.
 */
export function skerry<T>(
  root: new () => object,
  service: string,
  connected: (client: Client<T>) => Connected,
  unlike: (side: Side) => Unlike | Promise<Unlike> = () => ({}),
): Contender {
  return {
    async serve() {
      const { imports = [], options } = await unlike('server');
      @Module({ imports: [root, ...imports] })
      class Served {}
      const { address } = await started(Served, options);
      return address!;
    },
    async connect() {
      const { imports = [], options } = await unlike('client');
      @Module({ imports: [...imports] })
      class Caller {}
      const application = await started(Caller, options);
      return connected(application.client<T>(service));
    },
  };
}

/** As {@link skerry}, with both in one application. */
export function skerryInProcess<T>(
  root: new () => object,
  service: string,
  connected: (client: Client<T>) => Connected,
): Contender {
  return {
    async connect() {
      const application = await started(root);
      return connected(application.client<T>(service));
    },
  };
}

async function started(root: new () => object, options: ApplicationOptions = {}): Promise<Application> {
  const application = await Skerry.create(root, { logLevel: 'silent', ...options });
  await application.start();
  return application;
}
