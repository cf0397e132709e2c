/** The index of the first element that does not come before what is sought; the length when all do. Ten steps in a thousand. */
export function bisect<T>(sorted: readonly T[], comesBefore: (each: T) => boolean): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (comesBefore(sorted[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}
