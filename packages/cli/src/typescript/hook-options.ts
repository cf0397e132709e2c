/** What the hooks are told when they are registered. */
export interface HookOptions {
  /** The directory of the workspace: its files are compiled. */
  readonly root: string;
  /** The file descriptor of `skerry dev`, which is told what is loaded. */
  readonly link?: number | undefined;
}

/** `skerry-from:<file>#<specifier>` is what `specifier` means in that file. */
export const fromScheme = 'skerry-from:';
