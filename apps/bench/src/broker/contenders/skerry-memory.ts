export { inMemory as contender } from '../../peers/skerry-messenger.js';
