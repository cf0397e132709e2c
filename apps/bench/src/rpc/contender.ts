/** What is echoed: 95 bytes of JSON with five fields, as in a small order. */
export const message = {
  id: 'order-000017',
  customer: 'Ada Lovelace',
  sku: 'A-1234',
  quantity: 3,
  price: 1299.5,
};

/** One way of calling another process, on both of its sides. */
export interface Contender {
  /** Serves until the process ends. Gives what a client needs to find it. */
  serve(): Promise<string>;
  /** Connects. Gives a function that makes one call. */
  connect(where: string): Promise<() => Promise<unknown>>;
}
