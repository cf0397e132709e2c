import { Module } from '@skerry/core';
import { engines } from '../engines/engines.js';
import { OrdersModule } from './orders.module.js';

@Module({ imports: [OrdersModule, ...engines('orders')] })
export class OrdersApp {}
