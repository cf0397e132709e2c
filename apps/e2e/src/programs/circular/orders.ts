import { Injectable } from '@skerry/core';
import { Payments } from './payments.js';

/** Needs {@link Payments}, whose file imports this one: with decorators, ES modules cannot do that. */
@Injectable()
export class Orders {
  constructor(readonly payments: Payments) {}
}
