import { Module } from '@skerry/core';
import { Orders } from './orders.js';
import { Payments } from './payments.js';

@Module({ providers: [Orders, Payments] })
export class CircularModule {}
