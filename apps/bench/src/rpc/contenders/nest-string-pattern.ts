import { nestTcp } from '../../peers/nest-tcp.js';

export const contender = nestTcp('echo');
