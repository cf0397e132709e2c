import { Module } from '@skerry/core';
import { engines } from '@my-workspace/engines';
import { GuestBook } from './guest-book.js';
import { Reception } from './reception.service.js';

@Module({ imports: [...engines()], providers: [GuestBook, Reception] })
export class AppModule {}
