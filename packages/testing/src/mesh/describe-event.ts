import { SkerryError, type AppEvent } from '@skerry/core';

// What every start tells, and says nothing about what went on.
const left = new Set<AppEvent['type']>(['graph-verified', 'created', 'hook-finished', 'advertising']);

/** One line about what an application told; nothing where that is of no interest. */
export function describeEvent(event: AppEvent): string | undefined {
  if (left.has(event.type)) return undefined;
  const facts = Object.entries(event).flatMap(([key, value]) => (key === 'type' ? [] : `${key} ${short(value)}`));
  return [event.type, ...facts].join(', ');
}

function short(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 10) / 10);
  if (Array.isArray(value)) return `[${value.map(short).join(' ')}]`;
  if (SkerryError.is(value)) return `${value.code} "${value.message.slice(0, 160)}"`;
  if (value instanceof Error) return `"${value.message}"`;
  if (typeof value === 'object' && value !== null) {
    return 'id' in value ? String(value.id) : 'code' in value ? String(value.code) : '…';
  }
  return String(value);
}
