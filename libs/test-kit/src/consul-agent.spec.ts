import { access } from 'node:fs/promises';
import { consulStarter, findConsul } from './consul-agent.js';

const consul = await findConsul();
const startConsul = consulStarter(afterEach, consul);
const unlessMissing = consul ? describe : describe.skip;

const names = async (url: string): Promise<string[]> => {
  const response = await fetch(`${url}/v1/agent/services`);
  return Object.keys((await response.json()) as object);
};
const register = (url: string, name: string) =>
  fetch(`${url}/v1/agent/service/register`, { method: 'PUT', body: JSON.stringify({ Name: name }) });

unlessMissing('an agent of Consul', () => {
  test('answers at once, forgets on request what it stored, and otherwise keeps it', async () => {
    const agent = await startConsul({ persistent: true });
    await register(agent.url, 'orders');
    await agent.restart(true);
    expect(await names(agent.url)).toEqual(['orders']);
    await agent.restart(false);
    expect(await names(agent.url)).toEqual([]);
  });

  test('that cannot start says why', async () => {
    await expect(startConsul({ hcl: 'no_such_option = 1' })).rejects.toThrow(/exit code 1.*no_such_option/s);
  });

  test('is gone with all that it stored when the hook has run', async () => {
    let end = (): Promise<void> => Promise.reject(new Error('no hook was set'));
    const agent = await consulStarter((hook) => (end = hook), consul)();
    const { folder } = agent as unknown as { folder: string };
    await access(folder);
    await end();
    await expect(access(folder)).rejects.toThrow('ENOENT');
    await expect(fetch(agent.url)).rejects.toThrow('fetch failed');
  });
});
