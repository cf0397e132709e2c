/** The middle of the values; of an even number of them the mean of the two in the middle. `NaN` for none. */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The least of the values; `NaN` for none. */
export function least(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.min(...values);
}

/** How many times `part` is `whole`; `NaN` where one of them is unknown or there is nothing to divide by. */
export function ratio(part: number | undefined, whole: number | undefined): number {
  if (part === undefined || whole === undefined || whole === 0) return NaN;
  return part / whole;
}
