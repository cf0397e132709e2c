/**
 * Where a registration stands. That the engine cannot be asked at present is no state but `failure`, beside whichever this is.
 *
 * - `registering`: the engine does not show the node: not yet, not any more, or because the node is not admitted.
 * - `verified`: a lookup showed the record at its epoch.
 * - `ready`: verified and admitted: calls are welcome.
 * - `draining`: it was told to deregister and is doing so.
 * - `gone`: over, for good.
 */
export type RegistrationState = 'registering' | 'verified' | 'ready' | 'draining' | 'gone';

/** What may follow each state. */
export const registrationTransitions: Readonly<Record<RegistrationState, readonly RegistrationState[]>> = {
  registering: ['verified', 'draining'],
  // Back, when it is lost or no longer admitted.
  verified: ['ready', 'registering', 'draining'],
  ready: ['registering', 'draining'],
  draining: ['gone'],
  gone: [],
};
