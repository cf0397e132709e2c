import { CertificateAuthority } from '@skerry-private/test-kit';
import { writeFileSync } from 'node:fs';

/** In the directory of this run, beside the registry: both sides have the same one. */
const beside = process.env['SKERRY_LOCAL_REGISTRY_DIR'] ?? '';

/** Paths. */
export const certificateFiles = { certificate: `${beside}.crt`, key: `${beside}.key`, ca: `${beside}-ca.crt` };

/** Writes {@link certificateFiles}: for 127.0.0.1, for this run. */
export async function makeCertificate(): Promise<void> {
  const authority = await CertificateAuthority.create('Benchmark');
  const { certificate, key } = await authority.issue();
  writeFileSync(certificateFiles.certificate, certificate);
  writeFileSync(certificateFiles.key, key, { mode: 0o600 });
  writeFileSync(certificateFiles.ca, authority.certificate);
}
