import { bytes } from '../../peers/frame-codec.js';
import { rawCalls } from './raw-calls.js';

export const contender = rawCalls(bytes);
