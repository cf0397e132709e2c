import 'reflect-metadata';
import type { AddressInfo, Server } from 'node:net';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { message, type Contender } from '../pairs/contender.js';

const host = '127.0.0.1';

/** @param pattern What names the handler: an object or a text, which cost different amounts. */
export function nestTcp(pattern: string | { readonly cmd: string }): Contender {
  @Controller()
  class Echo {
    @MessagePattern(pattern)
    async echo(@Payload() order: unknown): Promise<unknown> {
      return order;
    }
  }

  @Module({ controllers: [Echo] })
  class EchoModule {}

  return {
    async serve() {
      const options = { transport: Transport.TCP as const, options: { host, port: 0 }, logger: false as const };
      const application = await NestFactory.createMicroservice(EchoModule, options);
      await application.listen();
      return String((application.unwrap<Server>().address() as AddressInfo).port);
    },
    async connect(where) {
      const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host, port: Number(where) } });
      await client.connect();
      return { call: () => firstValueFrom(client.send<unknown>(pattern, message)) };
    },
  };
}
