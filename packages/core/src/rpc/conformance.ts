import type { Runner, TransportHarness } from '../transport/conformance.js';
import { callCases } from './conformance-calls.js';
import { endingCases } from './conformance-endings.js';
import { flowCases } from './conformance-flow.js';
import { refusalCases } from './conformance-refusals.js';

/**
 * The behaviour of the native protocol over a transport, as tests named for it: what passes here carries calls. A
 * transport's spec runs it beside `transportConformance`, with the same harness.
 */
export function rpcConformance(runner: Runner, harness: TransportHarness): void {
  runner.describe('rpc conformance', () => {
    callCases(runner, harness);
    flowCases(runner, harness);
    refusalCases(runner, harness);
    endingCases(runner, harness);
  });
}
