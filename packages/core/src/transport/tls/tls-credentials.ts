import type { Clock } from '../../clock/clock.js';
import { SkerryError } from '../../errors/skerry-error.js';
import { loadTlsMaterial, stampOf, type TlsMaterial } from './tls-material.js';
import { tlsConfigInvalid, type ResolvedTlsOptions } from './tls-options.js';

/** What happened to a process's certificates, as data. */
export type TlsEvent =
  /** Files were replaced; handshakes use them from now on. */
  | { readonly type: 'tls-renewed'; readonly subject?: string; readonly validTo?: string }
  /** What the files hold now cannot be used; the last that could be stays in use. Once for each reason. */
  | { readonly type: 'tls-renewal-failed'; readonly error: SkerryError };

/**
 * The certificates of this process, as they are now. Files are looked at when a handshake needs them, at most once in
 * `reloadMs`: nothing runs in between, so nothing is to be closed, and a file that was renamed into place is seen like any other.
 */
export class TlsCredentials {
  private material: TlsMaterial;
  private stamp: string;
  private lookedAt: number;
  private complaint: string | undefined;

  /** Reads everything at once. Throws `SKERRY_TLS_CONFIG_INVALID`. */
  constructor(
    readonly options: ResolvedTlsOptions,
    private readonly clock: Clock,
    private readonly events: (event: TlsEvent) => void = () => undefined,
  ) {
    this.stamp = stampOf(options);
    this.material = loadTlsMaterial(options);
    this.lookedAt = clock.now();
  }

  /** For the next handshake: the same object until something has changed. Never throws. */
  get current(): TlsMaterial {
    const now = this.clock.now();
    if (now - this.lookedAt >= this.options.reloadMs) {
      this.lookedAt = now;
      this.look();
    }
    return this.material;
  }

  /** @throws `SKERRY_TLS_CONFIG_INVALID` where there is no certificate to show to those who connect. */
  mustHaveOwn(address: string): void {
    if (this.material.certificate) return;
    throw tlsConfigInvalid(
      `${address} needs a certificate and its key: set the option tls, or SKERRY_TLS_CERT and SKERRY_TLS_KEY`,
    );
  }

  private look(): void {
    try {
      // Before the files are read: what changes meanwhile is seen the next time.
      const stamp = stampOf(this.options);
      if (stamp === this.stamp && this.complaint === undefined) return;
      this.material = loadTlsMaterial(this.options);
      this.stamp = stamp;
    } catch (cause) {
      const error = SkerryError.is(cause) ? cause : tlsConfigInvalid((cause as Error).message, cause);
      if (this.complaint !== error.message) this.events({ type: 'tls-renewal-failed', error });
      this.complaint = error.message;
      return;
    }
    this.complaint = undefined;
    const { certificate } = this.material;
    this.events({
      type: 'tls-renewed',
      ...(certificate ? { subject: certificate.subject.replaceAll('\n', ', '), validTo: certificate.validTo } : {}),
    });
  }
}
