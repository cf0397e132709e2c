const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
const form = /^(\d{1,8})([HMSmun])$/;

/** What a head means by "as long as it takes". */
export const noTimeoutMs = 2 ** 32 - 1;

/** `grpc-timeout` in ms, rounded up and capped to what a head can say; `undefined` for what is none. */
export function parseTimeout(text: string): number | undefined {
  const [, digits, unit] = form.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Math.min(Math.ceil(Number(digits) * unitMs[unit!]!), noTimeoutMs - 1);
}

/** In the finest unit that eight digits are enough for. */
export function formatTimeout(timeoutMs: number): string {
  if (timeoutMs < 1e8) return `${timeoutMs}m`;
  const seconds = Math.ceil(timeoutMs / 1_000);
  return seconds < 1e8 ? `${seconds}S` : `${Math.ceil(seconds / 60)}M`;
}
