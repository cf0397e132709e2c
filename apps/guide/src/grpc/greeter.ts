// #region module
import { Field, Handler, Module, Service } from '@skerry/core';
import { GrpcModule } from '@skerry/grpc';
import { IsString, Length } from 'class-validator';

export class HelloRequest {
  @Field(1) @IsString() @Length(1, 80) name!: string;
}
export class HelloReply {
  @Field(1) @IsString() message!: string;
}

@Service('acme.Greeter')
export class Greeter {
  @Handler({ reply: HelloReply, readOnly: true })
  async hello({ name }: HelloRequest): Promise<HelloReply> {
    return { message: `Hello ${name}` };
  }
}

@Module({ imports: [GrpcModule.forRoot()], providers: [Greeter] })
export class AppModule {}
// #endregion module
