import { Module } from '@skerry/core';
import { OrderBook } from './order-book.js';
import { Orders } from './orders.service.js';
import { Outbox } from './outbox.js';

@Module({ providers: [Orders, OrderBook, Outbox] })
export class OrdersModule {}
