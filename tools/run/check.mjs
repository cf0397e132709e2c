import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from './pack.mjs';
import { step, StepFailed } from './step.mjs';

/** @typedef {(root: string, packed: import('./pack.mjs').Packed[]) => Promise<string[]>} Check Gives complaints. */

/**
 * What each looks at, what to do about its complaints, and where it is: it is loaded when it runs, once all is installed.
 *
 * @type {Record<string, { subject: string, ofTarballs?: boolean, advice?: string, load: () => Promise<Check> }>}
 */
const checks = {
  contents: {
    subject: 'what is in the tarballs',
    ofTarballs: true,
    load: async () => (await import('../check/contents.mjs')).contents,
  },
  publint: {
    subject: 'how the packages present themselves (publint)',
    ofTarballs: true,
    load: async () => (await import('../check/publint.mjs')).publint,
  },
  attw: {
    subject: 'where types are found (Are the types wrong?)',
    ofTarballs: true,
    load: async () => (await import('../check/attw.mjs')).attw,
  },
  api: {
    subject: 'the reports of what is exported (API Extractor)',
    advice: 'If that is what you want, write them anew: UPDATE_API=1 npm run check -- api',
    load: async () => (await import('../check/api.mjs')).api,
  },
  knip: {
    subject: 'what nothing uses (Knip)',
    advice: 'Delete it; what is used in a way that Knip cannot see belongs into knip.json.',
    load: async () => (await import('../check/knip.mjs')).knip,
  },
};

/**
 * Checks what would be published, as it was last built.
 *
 * @param {string} root
 * @param {string[]} names Of the checks; all when there are none.
 * @returns {Promise<number>} The exit code: 0 only when nobody complains.
 */
export async function check(root, names) {
  const unknown = names.find((each) => !Object.hasOwn(checks, each));
  if (unknown) throw new StepFailed(`No check "${unknown}"; there are ${Object.keys(checks).join(', ')}.`);
  const chosen = Object.entries(checks).filter(([name]) => names.length === 0 || names.includes(name));
  const folder = await mkdtemp(join(tmpdir(), 'skerry-check-'));
  try {
    const packed = chosen.some(([, { ofTarballs }]) => ofTarballs) ? await packInto(root, folder) : [];
    let failed = 0;
    for (const [, { subject, advice, load }] of chosen) {
      const work = async () => (await load())(root, packed);
      if (!(await complaintsOf(`Checking ${subject}`, `Checked ${subject}`, work))) continue;
      if (advice) console.error(advice);
      failed += 1;
    }
    return failed === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} root @param {string} folder */
async function packInto(root, folder) {
  /** @type {import('./pack.mjs').Packed[]} */
  let packed = [];
  await step('Packing', 'Packed', async () => {
    packed = await pack(root, folder);
    return 0;
  });
  return packed;
}

/**
 * @param {string} doing @param {string} done @param {() => Promise<string[]>} work
 * @returns {Promise<boolean>} Whether there were any; they were printed.
 */
async function complaintsOf(doing, done, work) {
  try {
    await step(doing, done, async ({ output }) => {
      const complaints = await work();
      for (const each of complaints) output(`${each}\n`);
      return complaints.length === 0 ? 0 : 1;
    });
    return false;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(error.message);
    return true;
  }
}
