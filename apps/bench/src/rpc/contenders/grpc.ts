import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { message, type Contender, type Message } from '../../pairs/contender.js';
import { connectGrpc, serveGrpc } from '../../peers/grpc-echo.js';

const deadlineMs = 5_000;

/** Unary, with a deadline as Skerry's calls have. */
export const contender: Contender = {
  serve: () =>
    serveGrpc({
      echo: ({ request }: ServerUnaryCall<Message, Message>, answer: sendUnaryData<Message>) => answer(null, request),
    }),
  async connect(where) {
    const client = connectGrpc(where);
    return {
      call: () =>
        new Promise((resolve, reject) => {
          client.echo(message, { deadline: Date.now() + deadlineMs }, (error, answer) =>
            error ? reject(error) : resolve(answer),
          );
        }),
    };
  },
};
