import { callCases } from './calls.js';
import { contextCases } from './context.js';
import { endingCases } from './endings.js';
import { errorCases } from './errors.js';
import type { ProtocolHarness, ProtocolRunner } from './harness.js';
import { streamCases } from './streams.js';

/**
 * What a call is, whichever protocol it came by, as tests named for it: the same application is called, and the same is to come
 * of it. A protocol's spec is one call:
 *
 *     protocolConformance({ describe, test }, clientHarness({ imports: [GrpcModule.forRoot()], protocol: 'grpc' }));
 *
 * Runs in real time; each test needs a few milliseconds, those of back-pressure about a second.
 */
export function protocolConformance(runner: ProtocolRunner, harness: ProtocolHarness): void {
  runner.describe('protocol conformance', () => {
    callCases(runner, harness);
    errorCases(runner, harness);
    contextCases(runner, harness);
    streamCases(runner, harness);
    endingCases(runner, harness);
  });
}
