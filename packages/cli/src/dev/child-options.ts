/** What `skerry dev` tells a service that it starts, by this variable, as JSON. */
export const childVariable = 'SKERRY_DEV_CHILD';

export interface ChildOptions {
  /** The directory of the workspace. */
  readonly root: string;
  /** The file descriptor of the link. */
  readonly link: number;
  /** It prepares itself, and runs nothing of its own until its standard input ends. */
  readonly waits: boolean;
}
