import { Module } from '@skerry/core';
import { Concierge } from './concierge.service.js';

@Module({ providers: [Concierge] })
export class ConciergeModule {}
