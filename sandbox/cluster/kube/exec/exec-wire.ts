import type { WebSocket } from 'ws';

/** The channels of an exec session (k8s.io/apimachinery/pkg/util/remotecommand). */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const;
export type Channel = (typeof CHANNEL)[keyof typeof CHANNEL];

/** What the client says. */
export interface ExecInput {
  bytes(bytes: Buffer): void;
  /** Nothing more comes on stdin. */
  end(): void;
  /** The client has left. */
  gone(): void;
}

/** The client's end of an exec session, whatever carries it. */
export interface ExecWire {
  hear(input: ExecInput): void;
  send(channel: Channel, bytes: Buffer): void;
  /** Ends the session in order, after the status. */
  close(): void;
  /** Ends it as a lost connection. */
  cut(): void;
}

const CLOSE = 255;
const V5 = 'v5.channel.k8s.io';

/** A WebSocket, whose messages start with one byte of channel number. */
export function webSocketWire(socket: WebSocket): ExecWire {
  return {
    hear(input) {
      socket.on('close', () => input.gone());
      // A broken connection also emits close, where the session ends.
      socket.on('error', () => input.gone());
      socket.on('message', (message: Buffer) => {
        if (message[0] === CHANNEL.stdin) input.bytes(message.subarray(1));
        if (message[0] === CLOSE && message[1] === CHANNEL.stdin && socket.protocol === V5) input.end();
      });
    },
    send: (channel, bytes) => socket.send(Buffer.concat([Buffer.from([channel]), bytes])),
    close: () => socket.close(1000),
    cut: () => socket.terminate(),
  };
}
