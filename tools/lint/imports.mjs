/**
 * Who may import which package. ESLint takes the options of a rule as a whole, so each group of files lists all that
 * holds for it.
 *
 * @param {readonly { regex: string; message: string }[]} bans
 * @returns {import('eslint').Linter.RuleEntry}
 */
export function bannedImports(...bans) {
  return ['error', { patterns: [...bans] }];
}

export const insides = {
  regex: '^@skerry(-private)?/[^/]+/(src|dist)(/|$)',
  message: 'Import what the package exports; what is missing there is to be exported first.',
};

export const inversify = {
  regex: '^#?(inversify$|@inversifyjs/)',
  message: 'Only packages/core/src/container imports inversify; everyone else uses what the container offers.',
};

export const core = {
  regex: '^@skerry/core(/|$)',
  message: 'Inside core, import the file that declares the name.',
};

export const privatePackages = {
  regex: '^@skerry-private/',
  message: 'libs/ is not published: only specs and apps/ may import it.',
};

export const packages = {
  regex: '^@skerry/',
  message:
    'libs/ imports no package, so that the specs of all packages can use it. What knows a package belongs into it.',
};

export const timerModules = {
  regex: '^(node:)?(timers|timers/promises|perf_hooks)$',
  message: 'Take a Clock: it is what lets a test own the time.',
};
