import type { Fleet } from '../../fleet/fleet.js';
import { UsageError } from '../../usage-error.js';
import { fail, ok, type Check, type Finding, type Ground } from '../check.js';

/** How long one engine may take to answer. */
const answerMs = 5_000;

/**
 * Whether the application, or each of the workspace, can be put together, and what its engines say: each is asked for something that
 * changes nothing. No service of it is created.
 */
export const engines: Check = {
  name: 'application',
  async run(ground) {
    const { applications, folder, module } = ground;
    const [first] = applications;
    if (!first) return ofModule(module, ground);
    if (applications.length === 1 && first.directory === folder) return ofModule(first.module, ground);
    const found = await Promise.all(
      applications.map(async (each) =>
        (await ofModule(each.module, ground)).map((finding) => ({ ...finding, text: `${each.name}: ${finding.text}` })),
      ),
    );
    return found.flat();
  },
};

async function ofModule(module: string | undefined, ground: Ground): Promise<readonly Finding[]> {
  const { terminal } = ground;
  const { findModuleFile } = await import('../../application/module-file.js');
  const { loadApplication } = await import('../../application/loaded.js');
  let asked: string;
  try {
    asked = findModuleFile(module, terminal.cwd).shown;
    await loadApplication({ module: asked, json: true }, terminal);
  } catch (error) {
    // Nobody has said that there is one.
    if (error instanceof UsageError && module === undefined && ground.manifest?.skerry === undefined) {
      return [ok('none here; skerry doctor path/to/app.module.js looks at one, and asks its engines')];
    }
    return [
      fail(
        messageOf(error),
        error instanceof UsageError && error.fix ? error.fix : 'mend that; skerry graph tells it too',
      ),
    ];
  }
  const { withFleet } = await import('../../fleet/fleet.js');
  try {
    return await withFleet({ app: asked, json: true }, terminal, async (fleet) => [
      ok(`${asked} can be put together`),
      ...(await Promise.all([registry(fleet, ground), store(fleet, ground), broker(fleet, ground)])),
    ]);
  } catch (error) {
    return [fail(`its engines cannot be created: ${messageOf(error)}`, 'mend their options')];
  }
}

function registry({ app, core }: Fleet, ground: Ground): Promise<Finding> {
  const { name } = app.get(core.REGISTRY_DRIVER);
  return answer(`registry ${name}`, ground, async () => `${(await app.get(core.Registry).services()).length} services`);
}

function store({ app, core }: Fleet, ground: Ground): Promise<Finding> {
  const { name } = app.get(core.STORE_DRIVER);
  return answer(`store ${name}`, ground, async (signal) => {
    await app.get(core.Store).get('skerry.doctor', { signal });
    return 'answers';
  });
}

async function broker({ app, core }: Fleet, ground: Ground): Promise<Finding> {
  const { name, deadLetters } = app.get(core.BROKER_DRIVER);
  if (!deadLetters) return ok(`broker ${name}: not asked, since it has no question that changes nothing`);
  return answer(`broker ${name}`, ground, async (signal) => {
    const kept = (await deadLetters.queues(signal)).reduce((sum, { count }) => sum + count, 0);
    return kept === 0 ? 'answers' : `answers; ${kept} dead letters: skerry dlq list`;
  });
}

async function answer(
  what: string,
  { clock }: Ground,
  ask: (signal: AbortSignal) => Promise<string>,
): Promise<Finding> {
  const limit = new AbortController();
  const late = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true });
  });
  const timer = clock.setTimer(answerMs, () => limit.abort(new Error(`no answer within ${answerMs / 1000} s`)));
  try {
    return ok(`${what}: ${await Promise.race([ask(limit.signal), late])}`);
  } catch (error) {
    return fail(
      `${what}: ${messageOf(error)}`,
      'start it, or mend the address and the password that the application has for it',
    );
  } finally {
    timer.cancel();
  }
}

/** Without passwords, which a library may show with the address that it could not reach. */
function messageOf(error: unknown): string {
  const causes: string[] = [];
  for (let each: unknown = error; each instanceof Error && causes.length < 4; each = each.cause) {
    // A host with several addresses: what went wrong with each of them is inside.
    const texts = each instanceof AggregateError && each.message === '' ? each.errors.map(String) : [each.message];
    for (const text of texts) if (text !== '' && !causes.some((known) => known.includes(text))) causes.push(text);
  }
  return (causes.join(': ') || String(error)).replace(/(\w:\/\/)[^\s/@]+@/g, '$1');
}
