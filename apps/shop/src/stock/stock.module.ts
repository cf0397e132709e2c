import { Module } from '@skerry/core';
import { CATALOGUE, catalogue } from './catalogue.js';
import { Stock } from './stock.service.js';
import { Warehouse } from './warehouse.js';

@Module({ providers: [Stock, Warehouse, { provide: CATALOGUE, useValue: catalogue }] })
export class StockModule {}
