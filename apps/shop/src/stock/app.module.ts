import { Module } from '@skerry/core';
import { engines } from '../engines/engines.js';
import { StockModule } from './stock.module.js';

@Module({ imports: [StockModule, ...engines('stock')] })
export class StockApp {}
