import type { Contender } from '../../pairs/contender.js';
import { connectSkerryGrpc, serveSkerryGrpc } from '../../peers/skerry-grpc.js';

export const contender: Contender = { serve: serveSkerryGrpc, connect: connectSkerryGrpc };
