export { Greeted, greeted, HelloReply, HelloRequest } from './hello.js';
export { CountdownRequest, Tick } from './countdown.js';
export { Guests } from './guests.js';
