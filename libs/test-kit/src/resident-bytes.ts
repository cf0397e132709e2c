import { readFileSync } from 'node:fs';

/** The memory that a process holds (RSS), in bytes. Linux only; throws for a process that is gone. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory: it has ended and was not waited for`);
  return Number(kilobytes) * 1024;
}
