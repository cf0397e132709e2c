import { skerryStore } from '../../peers/skerry-store.js';

export const contender = skerryStore(() => []);
