import { bytes } from '../../peers/frame-codec.js';
import { rawStreams } from './raw-streams.js';

export const contender = rawStreams(bytes);
