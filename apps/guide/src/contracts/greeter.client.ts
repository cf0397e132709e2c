// Made by `skerry generate client` from what greeter 1.0.0 tells the registry. Make it anew instead of changing it.

/**
 * The service greeter, as its callers see it:
 *
 *     constructor(@InjectClient("greeter") private readonly greeter: Client<Greeter>) {}
 */
// #region generated
export interface Greeter {
  /** Changes nothing. */
  countdown(request: CountdownRequest): AsyncIterable<Tick>;

  /** Changes nothing. */
  hello(request: HelloRequest): Promise<HelloReply>;
}

export interface CountdownRequest {
  /** a whole number, 1 to 10 */
  from: number;
}
// #endregion generated

export interface HelloReply {
  message: string;
}

export interface HelloRequest {
  /** 1 to 80 characters */
  name: string;
}

export interface Tick {
  /** a whole number */
  left: number;
}
