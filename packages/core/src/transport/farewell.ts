/**
 * How a peer can tell an end in order from a loss: a TCP connection breaks by a reset, and is closed by anything else. Where
 * there is no reset, or others than the peer may end the connection, an end in order is one that was said before.
 */
export type EndOfLink = 'reset' | 'farewell';

/** Where a frame's length would be: the end in order. No frame is so long. */
export const farewellLength = 0xffff_ffff;

/** The last bytes of a side that closes in order, where a socket's own end does not tell. */
export const farewell = Buffer.alloc(4, 0xff);
