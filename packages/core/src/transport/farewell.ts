/** Where a frame's length would be: the end in order. No frame is so long. */
export const farewellLength = 0xffff_ffff;

/** The last bytes of a side that closes in order, where a socket's own end does not tell. */
export const farewell = Buffer.alloc(4, 0xff);
