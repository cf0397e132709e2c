/** What goes on, for whoever waits: one line that is rewritten on a terminal; elsewhere only what is worth keeping. */
export class Progress {
  private section = '';
  private begunAt = 0;

  /**
   * @param write Takes text, line breaks included; of standard error, so that the tables can be piped.
   * @param live  Whether it rewrites a line.
   */
  constructor(
    private readonly write: (text: string) => void,
    private readonly live: boolean,
  ) {}

  begin(section: string): void {
    this.section = section;
    this.begunAt = performance.now();
    if (this.live) this.say('starting');
    else this.write(`${section} ...\n`);
  }

  /** Of passing interest. */
  say(what: string): void {
    if (this.live) this.write(`\r\u001b[2K${this.section} ... ${what}`.slice(0, 120));
  }

  /** Worth keeping. */
  note(what: string): void {
    this.write(`${this.live ? '\r\u001b[2K' : ''}${this.section}: ${what}\n`);
  }

  done(): void {
    this.note(`took ${((performance.now() - this.begunAt) / 1_000).toFixed(1)} s`);
  }
}
