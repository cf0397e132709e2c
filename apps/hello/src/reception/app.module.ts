import { Module } from '@skerry/core';
import { Reception } from './reception.service.js';

@Module({ providers: [Reception] })
export class ReceptionModule {}
