import { Handler, InjectClient, Module, Service, SkerryError, Store, type Client } from '@skerry/core';
import { IsInt, IsString } from 'class-validator';

export class Booking {
  @IsInt()
  seat!: number;

  @IsString()
  guest!: string;
}

export class Taken extends SkerryError {
  static readonly code = 'SEAT_TAKEN';

  constructor(seat: number) {
    super(Taken.code, `seat ${seat} is taken`, { status: 'ALREADY_EXISTS' });
  }
}

// #region services
@Service('seats')
export class Seats {
  constructor(private readonly store: Store) {}

  /** Idempotent: whoever has the seat already has it, and is told so again. */
  @Handler({ idempotent: true })
  async book({ seat, guest }: Booking): Promise<string> {
    try {
      await this.store.put(`seat/${seat}`, guest, { ifAbsent: true });
    } catch (error) {
      if (!SkerryError.is(error) || error.code !== 'SKERRY_STORE_CONFLICT') throw error;
      const owner = await this.store.get<string>(`seat/${seat}`);
      if (owner?.value !== guest) throw new Taken(seat);
    }
    return guest;
  }
}

@Service('desk')
export class Desk {
  constructor(@InjectClient('seats', { timeoutMs: 30_000, retries: 5 }) private readonly seats: Client<Seats>) {}

  @Handler({ idempotent: true })
  async sell(booking: Booking): Promise<string> {
    return this.seats.book(booking);
  }
}
// #endregion services

@Module({ providers: [Seats] })
export class SeatsModule {}

@Module({ providers: [Desk] })
export class DeskModule {}

/** Serves nothing: for those who only call. */
@Module()
export class GuestsModule {}
