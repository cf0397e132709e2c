import { Module } from '@skerry/core';
import { engines } from '@shop/engines';
import { CATALOGUE, catalogue } from './catalogue.js';
import { Stock } from './stock.service.js';
import { Warehouse } from './warehouse.js';

@Module({ imports: [...engines('stock')], providers: [Stock, Warehouse, { provide: CATALOGUE, useValue: catalogue }] })
export class AppModule {}
