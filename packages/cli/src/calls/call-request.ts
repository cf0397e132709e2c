import type { FleetRequest } from '../fleet/fleet.js';
import type { LoadRequest } from '../load/load-options.js';

export interface CallRequest extends FleetRequest, LoadRequest {
  /** `skerry call`: for messages. */
  readonly command: string;
  /** `greeter.hello`. */
  readonly target: string;
  /** JSON; `-` reads it from standard input, `@file` from a file. Absent for a handler that takes no message. */
  readonly message?: string | undefined;
  /** A file with messages; `-` is standard input. */
  readonly from?: string;
  /** How long the call may take, in ms. Default 5,000; none while messages come from standard input. */
  readonly timeout?: number;
  /** How long to wait for a service that nobody knows, in ms. */
  readonly wait: number;
  /** Each reply in one line, for people as well. Default: as it is read best. */
  readonly oneLine?: boolean;
}
