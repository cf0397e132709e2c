import { skerryOver } from '../../peers/skerry-over.js';
import { certificateFiles, makeCertificate } from '../../peers/certificate.js';

/** Both sides show a certificate, as services do to each other. */
const tls = { ...certificateFiles, requireClientCertificate: true };

export const contender = skerryOver(async (side) => {
  if (side === 'client') return { options: { tls } };
  await makeCertificate();
  return { options: { listen: 'tls://127.0.0.1:0', tls } };
});
