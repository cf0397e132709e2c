import type { FileTree } from './file-tree.js';

export interface FileChange {
  readonly file: string;
  readonly done: 'created' | 'updated';
  readonly text: string;
}

/** What would be written into another tree: nothing is half done when a generator gives up in the middle, or may only say what it would do. */
export class StagedTree implements FileTree {
  private readonly written = new Map<string, string>();

  constructor(private readonly under: Pick<FileTree, 'read' | 'list'>) {}

  read(path: string): string | undefined {
    return this.written.get(path) ?? this.under.read(path);
  }

  list(directory: string): readonly string[] {
    const names = new Set(this.under.list(directory));
    const start = directory === '' ? '' : `${directory}/`;
    for (const path of this.written.keys()) {
      if (!path.startsWith(start)) continue;
      const [name = '', ...inside] = path.slice(start.length).split('/');
      names.add(inside.length > 0 ? `${name}/` : name);
    }
    return [...names].sort();
  }

  write(path: string, text: string): void {
    this.written.set(path, text);
  }

  /** What differs from the tree under this one, in the order in which it was written first. */
  changes(): FileChange[] {
    return [...this.written].flatMap(([file, text]): FileChange[] => {
      const before = this.under.read(file);
      return before === text ? [] : [{ file, text, done: before === undefined ? 'created' : 'updated' }];
    });
  }
}
