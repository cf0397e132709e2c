import { connectionCases } from './conformance-connections.js';
import { endingCases } from './conformance-endings.js';
import { frameCases } from './conformance-frames.js';
import { pressureCases } from './conformance-pressure.js';
import type { Clock } from '../clock/clock.js';
import type { TransportDriver, TransportLimits } from './driver.js';

/** What a test runner must offer; Jest, Vitest and node:test all fit. Passed in, so that this file imports none of them. */
export interface Runner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
}

/** What a transport brings to be tested. */
export interface TransportHarness {
  /** A fresh driver on this clock with these limits. All that were opened reach each other. */
  open(clock: Clock, limits?: Partial<TransportLimits>): TransportDriver;
  /** To listen on, with everything left open that the driver can choose: `tcp://127.0.0.1:0`. */
  readonly anyAddress: string;
  /** A well-formed address where nobody listens. */
  readonly deadAddress: string;
}

/**
 * The behaviour that every transport must show, as tests named for it. A transport's spec is one call:
 *
 *     transportConformance({ describe, test }, { open: (clock, limits) => new TcpTransport(clock, limits), ... });
 *
 * Needs up to 100 MB and a few seconds in all. Nothing in it waits for time to pass.
 */
export function transportConformance(runner: Runner, harness: TransportHarness): void {
  runner.describe('transport conformance', () => {
    connectionCases(runner, harness);
    frameCases(runner, harness);
    pressureCases(runner, harness);
    endingCases(runner, harness);
  });
}
