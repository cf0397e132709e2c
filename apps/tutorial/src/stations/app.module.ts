// #region module
import { Module } from '@skerry/core';
import { Stations } from './stations.service.js';

@Module({ providers: [Stations] })
export class StationsModule {}
// #endregion module
