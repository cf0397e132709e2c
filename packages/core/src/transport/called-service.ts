/** See {@link CalledService}. */
export const anyService: unique symbol = Symbol.for('skerry.any-service');

/**
 * Whom a connection is for, by which a transport knows what the certificate of who answers must say: a service by its name, or
 * {@link anyService} for what every application has beside its services.
 */
export type CalledService = string | typeof anyService;
