import { systemProgram } from './system-program.js';

const missing = { probe: ['no-such-program-anywhere'], packages: ['its-package'] } as const;

test('what is there is not installed', async () => {
  const install = (): Promise<void> => Promise.reject(new Error('it was installed'));
  await expect(systemProgram({ probe: [process.execPath, '--version'], packages: [] }, { install })).resolves.toBe(
    true,
  );
});

test('what is missing is installed', async () => {
  const installed: (readonly string[])[] = [];
  const install = (packages: readonly string[]): Promise<void> => {
    installed.push(packages);
    return Promise.resolve();
  };
  await expect(systemProgram(missing, { all: false, install, say: () => undefined })).resolves.toBe(false);
  expect(installed).toEqual([['its-package']]);
});

test('what cannot be had is left out, and says how it could be', async () => {
  const said: string[] = [];
  const say = (why: string): void => void said.push(why);
  await expect(systemProgram(missing, { all: false, install: undefined, say })).resolves.toBe(false);
  expect(said).toEqual([expect.stringContaining('apt-get install --no-install-recommends its-package')]);
});

test('what cannot be had is an error where everything must be tested', async () => {
  const install = (): Promise<void> => Promise.reject(new Error('no network'));
  await expect(systemProgram(missing, { all: true, install })).rejects.toThrow('no-such-program-anywhere');
});
