import { ProtobufModule } from '@skerry/protobuf';
import { skerryIn } from '../../peers/skerry-codec.js';

export const contender = skerryIn(ProtobufModule.forRoot({ preferred: true }));
