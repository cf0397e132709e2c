import { Injectable } from '@skerry/core';

/** The last hundred who were greeted. In memory: what has to outlive the process belongs into a Store. */
@Injectable()
export class GuestBook {
  private readonly entries: string[] = [];

  get names(): string[] {
    return [...this.entries];
  }

  write(name: string): void {
    this.entries.push(name);
    if (this.entries.length > 100) this.entries.shift();
  }
}
