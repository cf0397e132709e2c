import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { modules } from './nest-modules.js';

@Controller()
class Echo {
  @MessagePattern({ cmd: 'echo' })
  async echo(order: unknown): Promise<unknown> {
    return order;
  }
}

@Module({ imports: modules, controllers: [Echo] })
class Application {}

const options = { transport: Transport.TCP as const, options: { host: '127.0.0.1', port: 0 }, logger: false as const };
const application = await NestFactory.createMicroservice(Application, options);
await application.listen();
process.stdout.write('ready\n');
await application.close();
