import { LogSink, type LogEntry } from '@skerry/core';

/** Keeps what is logged, for tests to look at, and writes nothing. */
export class RecordingSink extends LogSink {
  constructor(private readonly entries: LogEntry[]) {
    super();
  }

  override write(entry: LogEntry): void {
    this.entries.push(entry);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
