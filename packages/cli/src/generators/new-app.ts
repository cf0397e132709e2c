import { addDeployment } from './workspace/deployment.js';
import { createFile } from './module.js';
import { enginesOf } from './workspace/engines-of.js';
import type { Name } from './workspace/names.js';
import { versionOf } from './workspace/versions.js';
import type { ServiceApp, Workspace } from './workspace/workspace.js';

/**
 * Writes an application without services: its package, its root module, what runs it and what deploys it, with the engines of the one that it is
 * like. Files that are there are left alone.
 */
export async function newApp(workspace: Workspace, directory: string, name: Name, like?: string): Promise<void> {
  const model = like === undefined ? workspace.apps.find((each) => each.directory !== '') : await workspace.app(like);
  const { kebab, pascal } = name;
  const engines = model ? enginesOf(workspace, model) : { imports: [], entries: [], packages: [] };
  const dependencies = ['@skerry/core', ...engines.packages].sort();
  const manifest = {
    name: `${scopeOf(workspace, model)}${kebab}`,
    version: '0.0.0',
    private: true,
    type: 'module',
    exports: { '.': { '@skerry/source': './src/index.ts', types: './dist/index.d.ts' } },
    skerry: { module: 'dist/app.module.js' },
    scripts: model?.manifest.scripts ?? { build: 'tsc -p .', start: 'node --enable-source-maps dist/main.js' },
    dependencies: Object.fromEntries(dependencies.map((each) => [each, versionOf(workspace, each)])),
  };
  const files = {
    'package.json': `${JSON.stringify(manifest, undefined, 2)}\n`,
    'tsconfig.json':
      (model && workspace.tree.read(`${model.directory}/tsconfig.json`)) ??
      '{ "extends": "../../tsconfig.base.json" }\n',
    // With health, as its Kubernetes file asks for it.
    'src/main.ts': [
      `import { Skerry } from '@skerry/core';`,
      '',
      '// Whoever runs this as a container asks for /health/live and /health/ready.',
      `await Skerry.run(() => import('./app.module.js'), { http: { health: true } });`,
      '',
    ].join('\n'),
    'src/app.module.ts': [
      `import { Module } from '@skerry/core';`,
      ...engines.imports,
      '',
      `@Module({ ${engines.entries.length > 0 ? `imports: [${engines.entries.join(', ')}], ` : ''}providers: [] })`,
      `export class AppModule {}`,
      '',
    ].join('\n'),
    'src/index.ts': `// What other services see of this one: types. Its code stays here.\nexport type { ${pascal} } from './${kebab}.service.js';\n`,
  };
  for (const [file, text] of Object.entries(files)) createFile(workspace, `${directory}/${file}`, text);
  if (model) addDeployment(workspace, model.name, kebab);
}

/** `@shop/` */
function scopeOf({ root }: Workspace, model: ServiceApp | undefined): string {
  const scope = /^@[^/]+\//.exec(model?.manifest.name ?? root.manifest.name ?? '')?.[0];
  if (scope !== undefined) return scope;
  return model || root.manifest.name === undefined ? '' : `@${root.manifest.name}/`;
}
