// #region module
import { Module } from '@skerry/core';
import { Greeter } from './greeter.service.js';

@Module({ providers: [Greeter] })
export class GreeterModule {}
// #endregion module
