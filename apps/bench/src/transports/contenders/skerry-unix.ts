import { skerryOver } from '../../peers/skerry-over.js';

/** In the directory of this run, beside the registry. */
const listen = `unix://${process.env['SKERRY_LOCAL_REGISTRY_DIR']}.sock`;

export const contender = skerryOver((side) => (side === 'server' ? { options: { listen } } : {}));
