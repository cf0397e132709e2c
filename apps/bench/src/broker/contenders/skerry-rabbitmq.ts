import { RabbitMqModule } from '@skerry/rabbitmq';
import { skerryMessenger } from '../../peers/skerry-messenger.js';

/** Each of them confirmed by the server, and acknowledged when it was handled. */
export const contender = skerryMessenger(({ url, name }) => [RabbitMqModule.forRoot({ url, exchange: name })]);
