import { anyService, type CalledService } from '../called-service.js';
import { tlsConfigInvalid } from './tls-options.js';

/** In `serverName`: where the name of the service stands. */
const placeholder = '{service}';
/** What may stand for it: no more than one part of a path, and neither `.` nor `..`. */
const part = '[A-Za-z0-9_-][A-Za-z0-9._-]*';
const partOnly = new RegExp(`^${part}$`);

/** Whether the nodes of each service have a name of their own, so that a connection is for one service alone. */
export function namesServices(serverName: string | undefined): boolean {
  return serverName?.includes(placeholder) === true;
}

/** Names that a certificate may be for. */
export class ServerName {
  private constructor(
    /** One name; or several, with a `*` in the place of what they differ by. */
    readonly text: string,
    private readonly pattern: RegExp | undefined,
  ) {}

  /**
   * Throws `SKERRY_TLS_CONFIG_INVALID` where `serverName` asks for the name of a service, and there is none, or one that cannot be a part of
   * a name.
   */
  static of(serverName: string, service: CalledService | undefined): ServerName {
    if (!namesServices(serverName)) return ServerName.fitting(serverName);
    if (service === anyService) return ServerName.fitting(serverName);
    const fix = `write another tls.serverName than '${serverName}'`;
    if (service === undefined) throw tlsConfigInvalid(`it is not known which service is connected to; ${fix}`);
    if (!partOnly.test(service)) {
      throw tlsConfigInvalid(
        `the name of the service '${service}' cannot be a part of what a certificate is for, with letters, digits, '.', '_' and '-'; ${fix}`,
      );
    }
    return ServerName.fitting(serverName.replaceAll(placeholder, service));
  }

  private static fitting(name: string): ServerName {
    const whole = name.startsWith('spiffe://') && name.endsWith('/*');
    if (!whole && !namesServices(name)) return new ServerName(name, undefined);
    const parts = (whole ? name.slice(0, -1) : name)
      .split(placeholder)
      .map((each) => each.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
    // DNS names are the same in capitals, and one may be for all: SPIFFE ids neither.
    const [between, flags] = name.startsWith('spiffe://') ? [part, ''] : [`(?:\\*|${part})`, 'i'];
    return new ServerName(
      name.replaceAll(placeholder, '*'),
      new RegExp(`^${parts.join(between)}${whole ? '.+' : ''}$`, flags),
    );
  }

  /** The name, where there is just one. */
  get only(): string | undefined {
    return this.pattern ? undefined : this.text;
  }

  get isSpiffeId(): boolean {
    return this.text.startsWith('spiffe://');
  }

  fits(name: string): boolean {
    return this.pattern ? this.pattern.test(name) : name === this.text;
  }
}
