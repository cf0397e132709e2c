import { Module } from '@skerry/core';
import { engines } from '@my-workspace/engines';
import { Greeter } from './greeter.service.js';

@Module({ imports: [...engines()], providers: [Greeter] })
export class AppModule {}
