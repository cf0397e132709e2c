import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { check } from 'prettier';
import { parse, parseAllDocuments } from 'yaml';
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

test.each(['a', 'a'.repeat(32)])('all of it is formatted, with names such as %s', async (name) => {
  const wrong: string[] = [];
  for (const [path, text] of renderTemplate({ name, scope: name, version: '1.2.3' })) {
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
