import { Module } from '@skerry/core';
import { engines } from '../engines/engines.js';
import { PaymentsModule } from './payments.module.js';

@Module({ imports: [PaymentsModule, ...engines('payments')] })
export class PaymentsApp {}
