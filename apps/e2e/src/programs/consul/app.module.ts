// #region module
import { ConsulModule } from '@skerry/consul';
import { Module } from '@skerry/core';
import { EchoModule } from '../echo.module.js';

@Module({ imports: [EchoModule, ConsulModule.forRoot()] })
export class AppModule {}
// #endregion module
