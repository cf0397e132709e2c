/**
 * What a double never has as a method by itself: it must be safe to return from an async function, to log and to compare, and to be
 * found in a container, without being taken for a promise or for something that has hooks.
 */
export const notMethods: ReadonlySet<string> = new Set([
  ...['then', 'toJSON', '$$typeof', 'asymmetricMatch', 'nodeType', '__proto__', 'constructor', 'prototype'],
  ...['onModuleInit', 'onApplicationBootstrap', 'beforeApplicationShutdown', 'onApplicationShutdown'],
]);
