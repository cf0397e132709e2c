import { basename, relative } from 'node:path';
import type { Clock, Timer } from '@skerry/core';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import type { ServiceApp } from '../workspace/service-apps.js';
import { readWorkspace, type Workspace } from '../workspace/workspace.js';
import { appArguments } from './app-arguments.js';
import { startProcess } from './app-process.js';
import { AppRunner } from './app-runner.js';
import { childEnvironment } from './child-environment.js';
import { concerns } from './concerns.js';
import type { DevListener } from './dev-events.js';

export interface SessionOptions {
  readonly workspace: Workspace;
  /** Which applications are meant, of the workspace as it is by then. */
  readonly choose: (workspace: Workspace) => ServiceApp[];
  readonly env: Terminal['env'];
  readonly colours: boolean;
  readonly clock: Clock;
  readonly tell: DevListener;
  /** The first port of the inspector; the others follow. Absent: none is inspected. */
  readonly inspect?: number | undefined;
}

interface Running {
  readonly app: ServiceApp;
  readonly runner: AppRunner;
}

// Somebody copies a folder, or a generator writes one.
const settleMs = 150;

/** The applications of a workspace, running, and what a save means to each of them. */
export class DevSession {
  private readonly running = new Map<string, Running>();
  private leaving: Promise<void>[] = [];
  private looking: Timer | undefined;
  private inspected = 0;
  private closed = false;

  constructor(private readonly options: SessionOptions) {}

  get apps(): readonly ServiceApp[] {
    return [...this.running.values()].map(({ app }) => app);
  }

  begin(): void {
    const { workspace, choose, tell } = this.options;
    const apps = choose(workspace);
    tell({ type: 'begun', root: workspace.root, apps: apps.map(({ name }) => name) });
    for (const app of apps) this.run(app);
  }

  /** A file was saved, added or removed. */
  changed(file: string): void {
    if (this.closed) return;
    const { root } = this.options.workspace;
    const directories = this.apps.map(({ directory }) => directory);
    for (const { app, runner } of this.running.values()) {
      const { files } = runner;
      const failed = runner.state === 'failed';
      if (concerns(file, { directory: app.directory, files, failed }, root, directories))
        runner.restart(relative(root, file));
    }
    if (!['package.json', 'app.module.ts', 'main.ts'].includes(basename(file))) return;
    this.looking?.cancel();
    this.looking = this.options.clock.setTimer(settleMs, () => this.look());
  }

  /** @param name Of the application; absent for all. */
  restart(name?: string): void {
    for (const { runner } of this.running.values()) if (name === undefined || runner.name === name) runner.restart();
  }

  /** Stops all, in order. Resolves when they have gone. */
  async close(): Promise<void> {
    this.closed = true;
    this.looking?.cancel();
    await Promise.all([...this.leaving, ...[...this.running.values()].map(({ runner }) => runner.close())]);
  }

  /** Kills all, without waiting. */
  kill(): void {
    for (const { runner } of this.running.values()) runner.kill();
  }

  /** Whether there are other applications now. */
  private look(): void {
    const { choose, tell, workspace } = this.options;
    let apps: readonly ServiceApp[];
    try {
      apps = choose(readWorkspace(workspace.root));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return tell({ type: 'trouble', message: error.message });
    }
    for (const [directory, { app, runner }] of this.running) {
      const now = apps.find((each) => each.directory === directory);
      if (now?.entry === app.entry && now.name === app.name) continue;
      this.running.delete(directory);
      tell({ type: 'removed', app: app.name });
      this.leaving.push(runner.close());
    }
    for (const app of apps) {
      if (this.running.has(app.directory)) continue;
      tell({ type: 'added', app: app.name });
      this.run(app);
    }
  }

  private run(app: ServiceApp): void {
    const { workspace, env, colours, clock, tell, inspect } = this.options;
    const { name, directory } = app;
    const { root } = workspace;
    const port = inspect === undefined ? undefined : inspect + this.inspected++;
    const runner = new AppRunner({
      name,
      clock,
      tell,
      ...(port === undefined ? {} : { inspect: port }),
      start: (heard, waits) =>
        startProcess(
          {
            args: appArguments(app, port),
            cwd: directory,
            env: childEnvironment(env, root, directory, colours),
            root,
            waits,
          },
          heard,
          clock,
        ),
    });
    this.running.set(directory, { app, runner });
  }
}
