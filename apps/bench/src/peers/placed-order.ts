import { Topic } from '@skerry/core';
import { IsInt } from 'class-validator';
import { topic } from '../broker/contender.js';
import { Order } from './order.js';

/** The message of the broker with its rules. */
export class PlacedOrder extends Order {
  @IsInt()
  at!: number;
}

/** Checked when it is published, and when it is received. */
export const orders = new Topic(topic, PlacedOrder);
