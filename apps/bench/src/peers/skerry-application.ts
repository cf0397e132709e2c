import { Module, Skerry, type Application, type Client } from '@skerry/core';
import type { Connected, Contender } from '../pairs/contender.js';

@Module()
class Caller {}

/** An application that serves `service`, and another that calls it: all defaults but the log, which is silent. */
export function skerry<T>(
  root: new () => object,
  service: string,
  connected: (client: Client<T>) => Connected,
): Contender {
  return {
    async serve() {
      const { address } = await started(root);
      return address!;
    },
    async connect() {
      const application = await started(Caller);
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

async function started(root: new () => object): Promise<Application> {
  const application = await Skerry.create(root, { logLevel: 'silent' });
  await application.start();
  return application;
}
