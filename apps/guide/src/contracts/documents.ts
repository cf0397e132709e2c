import { asyncApi, Skerry, type AsyncApiDocument, type RootModule } from '@skerry/core';

// #region asyncapi
/** The same as `skerry asyncapi`, for a build or a test: verifies the application, and starts nothing of it. */
export async function eventsOf(root: RootModule): Promise<AsyncApiDocument> {
  const { contract } = await Skerry.create(root);
  return asyncApi(contract, { title: 'Shop', version: '1.0.0' });
}
// #endregion asyncapi
