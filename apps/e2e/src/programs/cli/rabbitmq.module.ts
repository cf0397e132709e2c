import { Module } from '@skerry/core';
import { RabbitMqModule } from '@skerry/rabbitmq';
import { Stock } from './stock.js';

@Module({ imports: [RabbitMqModule.forRoot()], providers: [Stock] })
export class AppModule {}
