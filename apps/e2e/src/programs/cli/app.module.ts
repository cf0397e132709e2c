import { BROKER_DRIVER, Clock, Module } from '@skerry/core';
import { FolderBroker } from './folder-broker.js';
import { Stock } from './stock.js';

@Module({
  global: true,
  providers: [
    {
      provide: BROKER_DRIVER,
      useFactory: (clock: Clock) => new FolderBroker(process.env['FOLDER_BROKER'] ?? '', clock),
      inject: [Clock],
    },
  ],
  exports: [BROKER_DRIVER],
})
export class FolderBrokerModule {}

@Module({ imports: [FolderBrokerModule], providers: [Stock] })
export class AppModule {}
