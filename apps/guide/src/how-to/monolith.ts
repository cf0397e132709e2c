import { Module } from '@skerry/core';
import { CatalogueModule } from './catalogue.js';
import { WindowModule } from './shop-window.js';

// #region monolith
/** Both services in one process. Calls between them do not leave it, and behave as if they did. */
@Module({ imports: [CatalogueModule, WindowModule] })
export class MonolithModule {}
// #endregion monolith
