const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in its largest unit, rounded down: `3 min`. Below a second it is `0 s`; clocks differ by as much. */
export function ageText(ms: number): string {
  const [unit, length] = units.find(([, least]) => ms >= least) ?? ['s', 1_000];
  return `${Math.max(0, Math.floor(ms / length))} ${unit}`;
}

/** The time of day here, to the millisecond. @param wallTime In ms since 1970. */
export function timeOfDay(wallTime: number): string {
  const at = new Date(wallTime);
  const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()].map((each) => pad(each, 2));
  return `${hours}:${minutes}:${seconds}.${pad(at.getMilliseconds(), 3)}`;
}

function pad(value: number, width: number): string {
  return `${value}`.padStart(width, '0');
}
