import { Module } from '@skerry/core';
import { Rides } from './rides.service.js';

@Module({ providers: [Rides] })
export class RidesModule {}
