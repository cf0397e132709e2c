import { JsonRpcSession, KeepAliveWatch, serverKeepAlive, type ProtocolHost, type SkerryError } from '@skerry/core';
import type { WebSocketLink } from '../transport/websocket-link.js';
import type { ResolvedWebSocketOptions } from '../websocket-options.js';

/** A peer that speaks JSON-RPC 2.0 or 1.0: each text message is a call, a notification or a batch of them. */
export class JsonRpcPeer {
  private readonly session: JsonRpcSession;
  private readonly keepAlive: KeepAliveWatch;
  /** Texts that were taken and not answered. */
  private open = 0;
  private paused = false;
  private congested = false;
  private draining = false;

  /** @param gone Called once, when the link is. */
  constructor(
    private readonly link: WebSocketLink,
    private readonly host: ProtocolHost,
    private readonly options: ResolvedWebSocketOptions,
    private readonly gone: () => void,
  ) {
    const { clock } = host;
    this.session = new JsonRpcSession(host, { maxBatch: options.maxBatch });
    this.keepAlive = new KeepAliveWatch(
      clock,
      { ...serverKeepAlive, idleMs: options.idleMs },
      {
        peer: link.peer,
        busy: () => this.open > 0,
        ping: () => link.ask(),
        giveUp: (error) => link.destroy(error),
      },
    );
    link.start({
      frame: (text) => this.take(text),
      drained: () => {
        this.congested = false;
        this.readOn();
      },
      progress: () => this.keepAlive.heard(),
      closed: (error) => this.ended(error),
    });
  }

  /** What runs is answered, and then the connection ends. */
  drain(): void {
    this.draining = true;
    this.link.closeCode = 1001;
    this.closeWhenIdle();
  }

  /** Sends what is queued; what runs is not answered any more. */
  close(): void {
    this.link.closeCode = 1001;
    this.link.close();
  }

  private take(text: Buffer): void {
    this.keepAlive.heard();
    const { timeoutMs, maxCalls } = this.options;
    this.open++;
    if (this.open >= maxCalls) this.hold();
    const head = { timeoutMs, traceId: this.host.clock.randomHex(16) };
    this.session.take(text, head, (answer) => this.answered(answer), this.link.remote);
  }

  private answered(answer: Buffer | undefined): void {
    this.open--;
    if (answer && !this.link.send(answer)) {
      // Who asks and does not read is not read either.
      this.congested = true;
      this.hold();
    }
    this.readOn();
    this.closeWhenIdle();
  }

  private hold(): void {
    this.paused = true;
    this.link.pause();
  }

  private readOn(): void {
    if (!this.paused || this.congested || this.open >= this.options.maxCalls) return;
    this.paused = false;
    this.link.resume();
  }

  private closeWhenIdle(): void {
    if (this.draining && this.open === 0) this.link.close();
  }

  private ended(error: SkerryError | undefined): void {
    this.keepAlive.stop();
    this.session.close();
    this.gone();
    if (!error) return;
    const type = error.code === 'SKERRY_RPC_CONNECTION_LOST' ? 'peer-lost' : 'peer-refused';
    this.host.events({ type, peer: this.link.peer, error });
  }
}
