import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { modules } from './nest-modules.js';

@Module({ imports: modules })
class Application {}

const application = await NestFactory.createApplicationContext(Application, { logger: false });
process.stdout.write('ready\n');
await application.close();
