import { skerryInbox } from '../../peers/skerry-inbox.js';

/** What waits is in memory. */
export const contender = skerryInbox(() => []);
