import { CallError, connect } from '@skerry/websocket/browser';
import type { Prices } from './prices.js';

// #region calls
/** Shows the price of a product, and then each new one, until it is told to stop. */
export async function showPrice(
  url: string,
  sku: string,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const page = connect(url, { onState: (state) => show(`(${state})`) });
  const prices = page.service<Prices>('prices');
  try {
    const { cents } = await prices.find({ sku }, { timeoutMs: 2_000, idempotent: true });
    show(`${cents} cents`);
    for await (const price of prices.watch({ sku }, { signal })) show(`now ${price.cents} cents`);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.code === 'SKERRY_VALIDATION_FAILED') show(error.fields.map(({ path }) => `${path} is wrong`).join());
    else show(error.code);
  } finally {
    page.close();
  }
}
// #endregion calls
