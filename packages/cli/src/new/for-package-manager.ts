import type { PackageManager } from './package-manager.js';

type Files = ReadonlyMap<string, string>;
type Edit = readonly [from: string | RegExp, to: string];

/** What another package manager has otherwise than npm, for which the template is written. */
interface Difference {
  readonly lockFile: string;
  /** Files of its own. */
  readonly files: Readonly<Record<string, string>>;
  /** By file. An edit that finds nothing to change is a mistake. */
  readonly edits: Readonly<Record<string, readonly Edit[]>>;
}

/**
 * The files of a new workspace as a package manager wants them: where its packages are, what they call each other, what is left out of
 * git and images, and the lines that a person types.
 */
export function forPackageManager(files: Files, { name, version = '' }: Omit<PackageManager, 'command'>): Files {
  if (name === 'npm') return files;
  const { lockFile, files: own, edits } = differences[name](version);
  const all: Record<string, readonly Edit[]> = {
    ...edits,
    'nx.json': [['package-lock.json', lockFile]],
    '.prettierignore': [['package-lock.json\n', name === 'yarn' ? `${lockFile}\n.yarn\n` : `${lockFile}\n`]],
  };
  const changed = [...files].map(([path, text]): [string, string] => {
    const edited = (all[path] ?? []).reduce((before, [from, to]) => replaced(before, from, to, path), text);
    if (path.endsWith('/package.json')) return [path, edited.replace(/^( +"@[^"]+": )"\*"/gm, '$1"workspace:*"')];
    return [path, path.endsWith('.md') ? aligned(typed(edited, name)) : edited];
  });
  return new Map([...changed, ...Object.entries(own)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const differences: Readonly<Record<'pnpm' | 'yarn', (version: string) => Difference>> = {
  pnpm: (version) => ({
    lockFile: 'pnpm-lock.yaml',
    files: { 'pnpm-workspace.yaml': pnpmWorkspace },
    edits: {
      'package.json': [[/\n {2}"workspaces": \[[^\]]*\],/, '']],
      Dockerfile: [
        ['COPY . .\n', `RUN npm install --global pnpm@${version}\nCOPY . .\n`],
        [
          '--mount=type=cache,target=/root/.npm npm ci',
          '--mount=type=cache,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile',
        ],
        ['npm run build', 'pnpm build'],
        [
          'RUN npm prune --omit=dev',
          'RUN --mount=type=cache,target=/root/.local/share/pnpm/store \\\n' +
            '  rm -rf node_modules */*/node_modules && pnpm install --prod --frozen-lockfile --prefer-offline',
        ],
        ['not npm or a shell', 'not pnpm or a shell'],
      ],
    },
  }),
  yarn: (version) => ({
    lockFile: 'yarn.lock',
    // Without a lock file, yarn takes a folder inside of another project for a part of that one.
    files: { '.yarnrc.yml': yarnSettings, 'yarn.lock': '' },
    edits: {
      // Jest's packages take any, so each of them would get the newest, 2 MB, beside that of the workspace.
      'package.json': [
        // For Corepack and for the yarn 1 of many machines, which hand over to this one.
        ['"type": "module",', `"type": "module",\n  "packageManager": "yarn@${version}",`],
        [/("@types\/node": "[^"]+")([^]*?)\n\}\n$/, '$1$2,\n  "resolutions": {\n    $1\n  }\n}\n'],
      ],
      '.gitignore': [['.nx/\n', `.nx/\n${yarnKeeps}`]],
      '.dockerignore': [['.nx\n', `.nx\n${yarnKeeps}`]],
      Dockerfile: [
        [
          'COPY . .\n',
          `# The image has a yarn of its own, which is another one.\nRUN npm install --global --force @yarnpkg/cli-dist@${version}\nCOPY . .\n`,
        ],
        [
          '--mount=type=cache,target=/root/.npm npm ci',
          '--mount=type=cache,target=/root/.yarn/berry/cache yarn install --immutable',
        ],
        ['npm run build', 'yarn build'],
        [
          'RUN npm prune --omit=dev',
          'RUN --mount=type=cache,target=/root/.yarn/berry/cache yarn workspaces focus --all --production',
        ],
        ['not npm or a shell', 'not yarn or a shell'],
      ],
    },
  }),
};

const pnpmWorkspace = `packages:
  - apps/*
  - libs/*

# None of them needs what it would run when it is installed.
allowBuilds:
  '@parcel/watcher': false
  '@swc/core': false
  lmdb: false
  msgpackr-extract: false
  nx: false
  protobufjs: false
`;

/** What it can have anew, and what it cannot. */
const yarnKeeps = `.yarn/*
!.yarn/patches
!.yarn/plugins
!.yarn/releases
`;

const yarnSettings = `# Nx, Jest and ESLint look for packages in folders.
nodeLinker: node-modules

# None of them needs what it would run when it is installed.
enableScripts: false
`;

/** What a person types: `npm run dev`, `npm test -- reception`, `npx nx graph`. */
function typed(text: string, name: 'pnpm' | 'yarn'): string {
  return text
    .replace(/\bnpm (?:run )?(\w+) -- /g, `${name} $1 `)
    .replace(/\bnpm (?:run )?/g, `${name} `)
    .replace(/\bnpx /g, `${name} `);
}

function replaced(text: string, from: string | RegExp, to: string, path: string): string {
  const after = text.replace(from, to);
  if (after === text) throw new Error(`The ${path} of the template has no ${String(from)}.`);
  return after;
}

/** Makes the columns of tables as wide as what is in them, as Prettier does. */
function aligned(text: string): string {
  return text.replace(/(?:^\|.*\|\n)+/gm, (table) => {
    const rows = table
      .trimEnd()
      .split('\n')
      .map((row) => row.split('|').slice(1, -1));
    const widths = rows[0]!.map((_, column) =>
      Math.max(3, ...rows.map((row) => (/^ *-+ *$/.test(row[column]!) ? 0 : row[column]!.trim().length))),
    );
    const line = (row: readonly string[]): string =>
      row
        .map((cell, column) => {
          const width = widths[column]!;
          return /^ *-+ *$/.test(cell) ? ` ${'-'.repeat(width)} ` : ` ${cell.trim().padEnd(width)} `;
        })
        .join('|');
    return rows.map((row) => `|${line(row)}|\n`).join('');
  });
}
