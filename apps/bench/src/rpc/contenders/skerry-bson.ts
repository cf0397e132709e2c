import { BsonModule } from '@skerry/bson';
import { skerryIn } from '../../peers/skerry-codec.js';

export const contender = skerryIn(BsonModule.forRoot({ preferred: true }));
