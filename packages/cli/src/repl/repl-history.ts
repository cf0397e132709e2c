import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

// As many as are worth to search.
const most = 1_000;

/**
 * Lines of former sessions, in a file that only its owner can read: messages may hold what is nobody's business. A line that begins with a
 * blank is not kept. Where the file cannot be read or written, there is no history, and nobody is bothered.
 */
export class ReplHistory {
  private readonly file: string | undefined;

  /** @param env `XDG_STATE_HOME`, or else `HOME`, say where it is: `skerry/history` (XDG Base Directory Specification). */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    const { XDG_STATE_HOME: state, HOME: home } = env;
    const folder = state?.startsWith('/') ? state : home ? join(home, '.local/state') : undefined;
    this.file = folder && join(folder, 'skerry', 'history');
  }

  /** The newest first. */
  async load(): Promise<string[]> {
    const { file } = this;
    if (file === undefined) return [];
    try {
      const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
      const kept = lines.slice(-most);
      if (lines.length > 2 * most) await writeFile(file, `${kept.join('\n')}\n`, { mode: 0o600 });
      return kept.reverse();
    } catch {
      return [];
    }
  }

  async add(line: string): Promise<void> {
    const { file } = this;
    if (file === undefined || line.trim() === '' || /^\s/.test(line)) return;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await appendFile(file, `${line}\n`, { mode: 0o600 });
    } catch {
      // See above.
    }
  }
}
