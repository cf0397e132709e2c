import { Injectable, Module, Skerry } from '@skerry/core';

@Injectable()
class Database {
  onModuleInit(): Promise<void> {
    return Promise.reject(new Error('no route to the database'));
  }
}

@Injectable()
class Repository {
  constructor(readonly database: Database) {}
}

@Module({ providers: [Repository] })
class ForgetfulModule {}

@Module({ providers: [Repository, Database] })
class UnluckyModule {}

await Skerry.run(process.argv[2] === 'forgetful' ? ForgetfulModule : UnluckyModule, { logLevel: 'silent' });
