export interface Driven {
  /** How often it was done. */
  readonly count: number;
  readonly tookMs: number;
  /** Of this process meanwhile, in seconds. */
  readonly cpuSeconds: number;
  /** Of one, in ms; only with one in flight. */
  readonly medianMs?: number;
}

/**
 * Does `once` again and again, `inFlight` at a time, for about `forMs`.
 *
 * @param lookEvery After how many it looks at the clock: often enough to end in time, seldom enough not to be measured.
 */
export async function drive(
  once: () => Promise<unknown>,
  { inFlight, forMs, lookEvery = 32 }: { inFlight: number; forMs: number; lookEvery?: number },
): Promise<Driven> {
  const cpuBefore = cpuSeconds();
  const startedAt = performance.now();
  if (inFlight === 1) {
    const latencies = await oneByOne(once, startedAt + forMs);
    const tookMs = performance.now() - startedAt;
    const spent = cpuSeconds() - cpuBefore;
    const medianMs = latencies.sort()[latencies.length >> 1]!;
    return { count: latencies.length, tookMs, cpuSeconds: spent, medianMs };
  }
  let count = 0;
  let over = false;
  const work = async (): Promise<void> => {
    while (!over) {
      await once();
      if (++count % lookEvery === 0) over ||= performance.now() - startedAt >= forMs;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return { count, tookMs: performance.now() - startedAt, cpuSeconds: cpuSeconds() - cpuBefore };
}

async function oneByOne(once: () => Promise<unknown>, endsAt: number): Promise<Float64Array> {
  let latencies = new Float64Array(65_536);
  let count = 0;
  for (let begunAt = performance.now(); begunAt < endsAt;) {
    await once();
    const endedAt = performance.now();
    if (count === latencies.length) {
      const more = new Float64Array(2 * count);
      more.set(latencies);
      latencies = more;
    }
    latencies[count++] = endedAt - begunAt;
    begunAt = endedAt;
  }
  return latencies.subarray(0, count);
}

/** Of this process since it started. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
