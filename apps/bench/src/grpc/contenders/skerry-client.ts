import type { Contender } from '../../pairs/contender.js';
import { connectSkerryGrpc } from '../../peers/skerry-grpc.js';
import { contender as bare } from '../../rpc/contenders/grpc.js';

export const contender: Contender = { serve: () => bare.serve!(), connect: connectSkerryGrpc };
