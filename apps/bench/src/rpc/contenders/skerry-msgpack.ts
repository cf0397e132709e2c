import { MsgpackModule } from '@skerry/msgpack';
import { skerryIn } from '../../peers/skerry-codec.js';

export const contender = skerryIn(MsgpackModule.forRoot({ preferred: true }));
