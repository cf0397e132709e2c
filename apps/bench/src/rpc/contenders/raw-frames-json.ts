import { json } from '../../peers/frame-codec.js';
import { rawCalls } from './raw-calls.js';

/** "The JSON limit": what is left when nothing is done but JSON and frames. */
export const contender = rawCalls(json);
