import type { FileTree } from './file-tree.js';

/** As much of Nx's `Tree` as is used, so that nothing of Nx has to be installed. */
export interface NxTree {
  /** Absolute. */
  readonly root: string;
  read(path: string, encoding: 'utf-8'): string | null;
  write(path: string, content: string): void;
  exists(path: string): boolean;
  isFile(path: string): boolean;
  children(directory: string): string[];
}

/** The files of a workspace in the hands of Nx, which writes them, or with --dry-run shows them, when the generator is done. */
export class NxFileTree implements FileTree {
  constructor(private readonly tree: NxTree) {}

  read(path: string): string | undefined {
    const { tree } = this;
    return tree.exists(path) && tree.isFile(path) ? (tree.read(path, 'utf-8') ?? undefined) : undefined;
  }

  list(directory: string): readonly string[] {
    const { tree } = this;
    const inside = directory === '' ? '.' : directory;
    if (!tree.exists(inside)) return [];
    return tree
      .children(inside)
      .map((name) => (tree.isFile(directory === '' ? name : `${directory}/${name}`) ? name : `${name}/`))
      .sort();
  }

  write(path: string, text: string): void {
    this.tree.write(path, text);
  }
}
