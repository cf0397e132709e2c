import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { check } from 'prettier';
import { parse, parseAllDocuments } from 'yaml';
import { forPackageManager } from './for-package-manager.js';
import { packageManagers } from './package-manager.js';
import { renderTemplate, templateDependencies } from './template.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const shop = renderTemplate({ name: 'shop', scope: 'acme', version: '1.2.3' });

function json(path: string): Record<string, Record<string, string>> {
  return JSON.parse(shop.get(path)!) as Record<string, Record<string, string>>;
}

test('nothing is left of the template’s own name', () => {
  for (const [path, text] of shop) expect(`${path} ${text}`).not.toMatch(/my-workspace|dot-/);
  expect(json('package.json')['name']).toBe('shop');
  expect(json('apps/reception/package.json')['dependencies']).toMatchObject({ '@acme/contracts': '*' });
});

test('files that npm would leave out have the names that they need', () => {
  expect([...shop.keys()]).toEqual(
    expect.arrayContaining(['.gitignore', '.dockerignore', '.prettierrc', '.prettierignore']),
  );
});

test('the packages of Skerry are asked for in the version of the command', () => {
  const asked = [...shop.keys()]
    .filter((path) => path.endsWith('package.json'))
    .flatMap((path) => Object.entries({ ...json(path)['dependencies'], ...json(path)['devDependencies'] }))
    .filter(([name]) => name.startsWith('@skerry/'));
  expect(new Set(asked.map(([, range]) => range))).toEqual(new Set(['^1.2.3']));
  expect(asked.map(([name]) => name)).toEqual(
    expect.arrayContaining(['@skerry/core', '@skerry/testing', '@skerry/cli']),
  );
});

test('everything else is asked for as this repository does, which is tested with it', () => {
  const read = (path: string): Record<string, Record<string, string>> =>
    JSON.parse(readFileSync(new URL(path, `file://${repository}`), 'utf8')) as Record<string, Record<string, string>>;
  const own = { ...read('package.json')['devDependencies'], ...read('packages/core/package.json')['dependencies'] };
  const others = [...templateDependencies()].filter(([name]) => !name.startsWith('@skerry/'));
  expect(others.length).toBeGreaterThan(10);
  expect(Object.fromEntries(others)).toEqual(Object.fromEntries(others.map(([name]) => [name, own[name]])));
});

const formatted = packageManagers.flatMap((manager) => ['a', 'a'.repeat(32)].map((name) => ({ manager, name })));
test.each(formatted)('all of it is formatted for $manager, with names such as $name', async ({ manager, name }) => {
  const wrong: string[] = [];
  const files = renderTemplate({ name, scope: name, version: '1.2.3' });
  for (const [path, text] of forPackageManager(files, { name: manager, version: '1.2.3' })) {
    if (!/\.(ts|mjs|json|ya?ml|md)$/.test(path)) continue;
    if (!(await check(text, { ...(JSON.parse(shop.get('.prettierrc')!) as object), filepath: path }))) wrong.push(path);
  }
  expect(wrong).toEqual([]);
});

test('npm packs every file of it', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const packed = files.map(({ path }) => path).filter((path) => path.startsWith('template/'));
  expect(packed.map((path) => path.slice('template/'.length).replace(/(^|\/)dot-/, '$1.')).sort()).toEqual(
    [...shop.keys()].sort(),
  );
}, 60_000);

describe.each([
  { name: 'pnpm', lockFile: 'pnpm-lock.yaml', installs: 'pnpm install --frozen-lockfile' },
  { name: 'yarn', lockFile: 'yarn.lock', installs: 'yarn install --immutable' },
] as const)('for $name', ({ name, lockFile, installs }) => {
  const files = forPackageManager(shop, { name, version: '7.8.9' });
  const manifest = (path: string) => JSON.parse(files.get(path)!) as object;

  test('nobody is told to use npm', () => {
    // But for what brings the other one into an image.
    const lines = [...files].flatMap(([path, text]) => text.split('\n').map((line) => `${path}: ${line}`));
    const npm = lines.filter((line) => /\bnp[mx]\b|package-lock/.test(line));
    expect(npm).toEqual([expect.stringMatching(/^Dockerfile: RUN npm install --global .*@7\.8\.9$/)]);
  });

  test('its packages ask for each other by the workspace', () => {
    expect(manifest('apps/reception/package.json')).toMatchObject({
      dependencies: { '@acme/contracts': 'workspace:*', '@skerry/core': '^1.2.3' },
      devDependencies: { '@acme/greeter': 'workspace:*' },
    });
  });

  test('what is built depends on its lock file, which is not formatted, and is what an image is made of', () => {
    expect(files.get('nx.json')).toContain(`{workspaceRoot}/${lockFile}`);
    expect(files.get('.prettierignore')).toContain(`\n${lockFile}\n`);
    expect(files.get('Dockerfile')).toContain(installs);
  });

  test('everything else is as it is for npm', () => {
    const own = new Set(['.yarnrc.yml', 'yarn.lock', 'pnpm-workspace.yaml']);
    expect([...files.keys()].filter((path) => !own.has(path))).toEqual([...shop.keys()].sort());
    const changed = [...shop].filter(([path, text]) => files.get(path) !== text).map(([path]) => path);
    const others = changed.filter((path) => !path.endsWith('package.json') && !/^\.(git|docker)ignore$/.test(path));
    expect(others.sort()).toEqual(['.prettierignore', 'Dockerfile', 'README.md', 'nx.json']);
  });
});

test('pnpm has the packages of the workspace in its own file', () => {
  const files = forPackageManager(shop, { name: 'pnpm', version: '7.8.9' });
  const { workspaces } = json('package.json');
  expect(JSON.parse(files.get('package.json')!)).not.toHaveProperty('workspaces');
  expect(parse(files.get('pnpm-workspace.yaml')!)).toMatchObject({ packages: workspaces });
});

test('yarn has packages in folders, and a workspace of its own wherever it is', () => {
  const files = forPackageManager(shop, { name: 'yarn', version: '7.8.9' });
  expect(parse(files.get('.yarnrc.yml')!)).toMatchObject({ nodeLinker: 'node-modules' });
  expect(files.get('yarn.lock')).toBe('');
  const { packageManager, devDependencies, resolutions } = JSON.parse(files.get('package.json')!) as Record<
    string,
    object
  >;
  expect(packageManager).toBe('yarn@7.8.9');
  expect(devDependencies).toMatchObject(resolutions!);
  expect(files.get('.gitignore')).toContain('\n.yarn/*\n');
});

describe('as containers', () => {
  test('node itself gets SIGTERM, as a user without rights', () => {
    const [, run = ''] = shop.get('Dockerfile')!.split(/^FROM .*-slim$/m);
    expect(run).toMatch(/^USER node$/m);
    expect(run).toMatch(/^CMD \["node", .*"dist\/main\.js"\]$/m);
    expect(run).not.toMatch(/^ENTRYPOINT/m);
  });

  test('the images are named as such, without where they come from', () => {
    expect(shop.get('Dockerfile')).toMatch(/^FROM node:\$\{NODE\}-slim AS build$/m);
    const { services } = parse(shop.get('compose.yaml')!, { merge: true }) as {
      services: Record<string, { image?: string }>;
    };
    for (const { image } of Object.values(services)) expect(image ?? '').not.toMatch(/^[^/]+\.[^/]+\//);
  });

  test('compose leaves a service more time to stop than it takes', () => {
    const { services } = parse(shop.get('compose.yaml')!, { merge: true }) as {
      services: Record<string, { stop_grace_period?: string; environment: object }>;
    };
    for (const name of ['greeter', 'reception']) {
      expect(Number.parseInt(services[name]!.stop_grace_period!)).toBeGreaterThan(30);
      expect(services[name]!.environment).toHaveProperty('CONSUL_HTTP_ADDR');
    }
  });

  test.each(['greeter', 'reception'])('Kubernetes asks %s for what it serves, and leaves it time to stop', (name) => {
    interface Container {
      ports: { name: string; containerPort: number }[];
      readinessProbe: { httpGet: object };
      livenessProbe: { httpGet: object };
      securityContext: object;
    }
    interface Deployment {
      spec: {
        template: { spec: { terminationGracePeriodSeconds: number; containers: [Container]; securityContext: object } };
      };
    }
    const [deployment] = parseAllDocuments(shop.get(`kubernetes/${name}.yaml`)!);
    const { spec } = (deployment!.toJSON() as Deployment).spec.template;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(30);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
    const [{ ports, readinessProbe, livenessProbe }] = spec.containers;
    expect(ports).toEqual([{ name: 'skerry', containerPort: 4000 }]);
    expect(readinessProbe.httpGet).toEqual({ path: '/health/ready', port: 'skerry' });
    expect(livenessProbe.httpGet).toEqual({ path: '/health/live', port: 'skerry' });
    expect(shop.get('Dockerfile')).toContain('SKERRY_LISTEN=tcp://0.0.0.0:4000');
    expect(shop.get(`apps/${name}/src/main.ts`)).toContain('http: { health: true }');
  });
});
