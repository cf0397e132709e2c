import { WebSocketModule } from '@skerry/websocket';
import { skerryOver } from '../../peers/skerry-over.js';

const imports = [WebSocketModule.forRoot()];

export const contender = skerryOver((side) =>
  side === 'server' ? { imports, options: { listen: 'ws://127.0.0.1:0/ws' } } : { imports },
);
