/** What is generated; each is loaded when it is used. */
export const coreGenerators = {
  service: async () => (await import('./service.js')).generateService,
  handler: async () => (await import('./handler.js')).generateHandler,
  subscriber: async () => (await import('./subscriber.js')).generateSubscriber,
  module: async () => (await import('./module.js')).generateModule,
  client: async () => (await import('./client.js')).generateClient,
  interceptor: async () => (await import('./interceptor.js')).generateInterceptor,
  engine: async () => (await import('./engine.js')).generateEngine,
} as const;

export type GeneratorName = keyof typeof coreGenerators;
