import { relative } from 'node:path';
import { getTsconfig } from 'get-tsconfig';
import { fail, ok, warn, type Check, type Finding } from '../check.js';

/** What decorators, dependency injection and ES modules need of the compiler; read with everything that it extends. */
export const tsconfig: Check = {
  name: 'tsconfig',
  ofPackages: true,
  async run({ folder }) {
    const found = getTsconfig(folder);
    if (!found) return [ok('no tsconfig.json: nothing is compiled here')];
    const { compilerOptions: options = {} } = found.config;
    const shown = relative(folder, found.path) || found.path;
    if (found.config.files?.length === 0) return [ok(`${shown}: compiles nothing itself`)];
    const flag = (name: string, why: string): Finding[] =>
      (options as Record<string, unknown>)[name] === true
        ? []
        : [fail(`${shown}: ${name} is not true, ${why}`, `write "${name}": true into compilerOptions`)];
    const module = (options.module ?? 'commonjs').toLowerCase();
    const modern = /^(node16|node18|node20|nodenext|preserve|es\d+|esnext)$/;
    const problems = [
      ...flag('experimentalDecorators', 'so @Service and @Inject do not compile'),
      ...flag('emitDecoratorMetadata', 'so nobody knows what a constructor asks for'),
      ...(modern.test(module)
        ? []
        : [
            fail(
              `${shown}: module is ${module}, which writes CommonJS`,
              'write "module": "NodeNext" into compilerOptions',
            ),
          ]),
      ...(/^(es|esnext|preserve)/.test(module) && /^bundler$/i.test(options.moduleResolution ?? '')
        ? [
            warn(
              `${shown}: moduleResolution is bundler, so imports without .js compile, and Node does not find them`,
              'write "module": "NodeNext", or bundle what is run',
            ),
          ]
        : []),
      ...(options.verbatimModuleSyntax === true
        ? [
            warn(
              `${shown}: verbatimModuleSyntax, so an injected class that is imported by "import type" is lost from the metadata`,
              'import what constructors ask for as values: import { Orders }, not import type { Orders }',
            ),
          ]
        : []),
      ...(options.useDefineForClassFields === false
        ? []
        : isOld(options.target)
          ? [
              warn(
                `${shown}: target is ${options.target}, older than the Node that Skerry needs`,
                'write "target": "ES2022" into compilerOptions',
              ),
            ]
          : []),
    ];
    return problems.length > 0 ? problems : [ok(`${shown}: decorators with metadata, module ${options.module}`)];
  },
};

function isOld(target: string | undefined): boolean {
  return target === undefined || /^es(3|5|6|20(1\d|20|21))$/i.test(target);
}
