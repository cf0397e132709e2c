import { Handler, InjectClient, Injectable, Module, Service, Field, type Client } from '@skerry/core';
import { ProtobufModule } from '@skerry/protobuf';
import { IsInt, IsOptional, IsString, Min } from 'class-validator';

// #region numbers
export class Order {
  @Field(1)
  @IsString()
  item!: string;

  @Field(2, { type: 'uint32' })
  @IsInt()
  @Min(1)
  pieces!: number;

  @Field(3)
  @IsOptional()
  @IsString()
  note?: string;
}
// #endregion numbers

export class Placed {
  @Field(1)
  @IsString()
  id!: string;
}

@Service('orders')
export class Orders {
  @Handler({ reply: Placed })
  async place({ item, pieces, note }: Order): Promise<Placed> {
    return { id: [item, pieces, note].join('-') };
  }
}

// #region module
@Module({ imports: [ProtobufModule.forRoot()], providers: [Orders] })
export class OrdersModule {}
// #endregion module

@Injectable()
export class Desk {
  constructor(@InjectClient('orders') readonly orders: Client<Orders>) {}
}

// #region preferred
@Module({ imports: [ProtobufModule.forRoot({ preferred: true })], providers: [Desk] })
export class DeskModule {}
// #endregion preferred
