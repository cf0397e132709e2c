import type { Contender } from '../../pairs/contender.js';
import { serveSkerryGrpc } from '../../peers/skerry-grpc.js';
import { contender as bare } from '../../rpc/contenders/grpc.js';

export const contender: Contender = { serve: serveSkerryGrpc, connect: (where) => bare.connect(where) };
