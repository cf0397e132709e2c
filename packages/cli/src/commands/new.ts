import { Option } from 'commander';
import type { CliCommand } from '../command.js';
import { packageManagers, type PackageManagerName } from '../new/package-manager.js';
import { jsonOption } from './options.js';

export interface WorkspaceRequest {
  /** The folder, whose last part is the name. */
  readonly folder?: string | undefined;
  readonly scope?: string;
  /** Default: asked, or else yes. */
  readonly install?: boolean;
  /** Default `true`. */
  readonly git?: boolean;
  /** Default: the one that runs this command, else npm. */
  readonly packageManager?: PackageManagerName;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export const newWorkspace: CliCommand = {
  name: 'new',
  summary: 'create a workspace',
  examples: [
    'skerry new shop',
    'skerry new shop --scope @acme --yes',
    'skerry new backend/shop --no-install --no-git',
    'skerry new shop --package-manager pnpm',
  ],
  declare(command, act) {
    command
      .description(
        'Creates a workspace in a new folder: two services that call each other, with tests, linting, containers and Kubernetes ' +
          'manifests; then installs what it needs.',
      )
      .argument('[folder]', 'where; its last part is the name of the workspace. "." is the working directory')
      .option('--scope <scope>', 'of its packages (default: its name)')
      .option('--install', 'install what it needs, without a question')
      .option('--no-install', 'leave that for later')
      .addOption(
        new Option(
          '--package-manager <name>',
          'what installs it, and is in its Dockerfile and README (default: the one that runs this command, else npm)',
        ).choices(packageManagers),
      )
      .option('--no-git', 'make no git repository; none is made inside of another either')
      .option('-y, --yes', 'ask nothing')
      .addOption(jsonOption('what was done'))
      .action((folder: string | undefined, options: Omit<WorkspaceRequest, 'folder'>) =>
        act(async (terminal) => {
          const { createWorkspace } = await import('../new/create-workspace.js');
          return createWorkspace({ folder, ...options }, terminal);
        }),
      );
  },
};
