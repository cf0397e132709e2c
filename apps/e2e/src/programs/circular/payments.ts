import { Injectable } from '@skerry/core';
import { Orders } from './orders.js';

@Injectable()
export class Payments {
  constructor(readonly orders: Orders) {}
}
