import type { BrokerCapabilities, BrokerMessage, SubscriptionRequest } from './driver.js';

// What goes beyond the capabilities is refused, not done by halves. The memory engine can do it all; a driver that stands in
// for a lesser engine refuses as that one would.

export function refuseDelay({ maxDelayMs }: BrokerCapabilities, delayMs: number): void {
  if (delayMs > maxDelayMs) throw new Error(`this engine delays by at most ${maxDelayMs} ms, not by ${delayMs} ms`);
}

export function refuseMessages(capabilities: BrokerCapabilities, messages: readonly BrokerMessage[]): void {
  for (const { id, body, delayMs, expireMs } of messages) {
    refuseDelay(capabilities, delayMs ?? 0);
    const expires = capabilities.expiry === true || (capabilities.expiry === 'undelayed' && !delayMs);
    if (expireMs !== undefined && !expires)
      throw new Error('messages of this engine do not expire, or not with a delay');
    const { maxMessageBytes } = capabilities;
    if (body.byteLength > maxMessageBytes)
      throw new Error(`message ${id} has ${body.byteLength} bytes; this engine takes at most ${maxMessageBytes}`);
  }
}

export function refuseSubscription(capabilities: BrokerCapabilities, request: SubscriptionRequest): void {
  const asked: Partial<Record<keyof BrokerCapabilities, boolean>> = {
    queues: !request.broadcast,
    broadcast: request.broadcast,
    ordered: request.ordered,
    deadLetter: request.deadLetter,
    replay: request.from === 'earliest',
    patterns: request.topic.split('.').some((word) => word === '*' || word === '#'),
  };
  for (const [name, needed] of Object.entries(asked))
    if (needed && !capabilities[name as keyof BrokerCapabilities])
      throw new Error(`this engine lacks the capability ${name}, which the queue ${request.queue} needs`);
}
