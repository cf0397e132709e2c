import { Injectable, Logger } from '@skerry/core';

/** Stands for a bank. */
@Injectable()
export class CardIssuer {
  constructor(private readonly logger: Logger) {}

  /** @param cents What to take. */
  async charge(rider: string, cents: number): Promise<'charged' | 'no card'> {
    this.logger.info(`charged ${rider}`, { cents });
    return 'charged';
  }

  async isOpen(): Promise<boolean> {
    return true;
  }
}
