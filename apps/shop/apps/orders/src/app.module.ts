import { Module } from '@skerry/core';
import { engines } from '@shop/engines';
import { OrderBook } from './order-book.js';
import { Orders } from './orders.service.js';
import { Outbox } from './outbox.js';

@Module({ imports: [...engines('orders')], providers: [Orders, OrderBook, Outbox] })
export class AppModule {}
