import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

/** Certificate that the server shows; self-signed for localhost. */
export const CERTIFICATE = join(__dirname, 'fixtures/localhost.cert.pem');

export interface ReceivedMail {
  readonly user: string;
  readonly password: string;
  readonly from: string;
  readonly to: string[];
  /** Headers, unfolded, and the body, decoded from quoted-printable. */
  readonly content: string;
}

/** A mail server that offers nothing before STARTTLS and takes mail from whoever signs in. */
export class SmtpServer {
  readonly mails: ReceivedMail[] = [];
  /** Answers to the next mails instead of taking them. */
  readonly refusals: string[] = [];
  /** Answers to a recipient of this name instead of taking mail for them. */
  readonly refusedRecipients = new Map<string, string>();
  /** Mails taken in any second; more are asked to come later. */
  mailsPerSecond = Number.POSITIVE_INFINITY;
  /** Times of the mails that were begun in the last second. */
  private begun: number[] = [];
  private readonly sockets = new Set<Socket>();

  static async start(): Promise<SmtpServer> {
    const server = createServer();
    const smtp = new SmtpServer(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return smtp;
  }

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.write('220 localhost\r\n');
      this.beforeTls(socket);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private mayBegin(): boolean {
    const now = Date.now();
    this.begun = this.begun.filter((time) => time > now - 1000);
    if (this.begun.length >= this.mailsPerSecond) return false;
    this.begun.push(now);
    return true;
  }

  private beforeTls(socket: Socket): void {
    const detach = readLines(socket, (line) => {
      if (/^EHLO /i.test(line)) socket.write('250-localhost\r\n250 STARTTLS\r\n');
      else if (/^STARTTLS$/i.test(line)) {
        detach();
        socket.write('220 go on\r\n');
        const secure = new TLSSocket(socket, {
          isServer: true,
          cert: readFileSync(CERTIFICATE),
          key: readFileSync(join(__dirname, 'fixtures/localhost.key.pem')),
        });
        secure.on('error', () => socket.destroy());
        this.afterTls(secure);
      } else socket.write('530 use STARTTLS\r\n');
    });
  }

  private afterTls(socket: Socket): void {
    let [user, password, from] = ['', '', ''];
    let to: string[] = [];
    let data: string[] | undefined;
    const commands: [RegExp, (argument: string) => string][] = [
      [/^EHLO (.*)/i, () => '250-localhost\r\n250 AUTH PLAIN'],
      [
        /^AUTH PLAIN (.*)/i,
        (encoded) => {
          [, user, password] = Buffer.from(encoded, 'base64').toString().split('\0');
          return '235 welcome';
        },
      ],
      [
        /^MAIL FROM:<([^>]*)>/i,
        (address) => {
          [from, to] = [address, []];
          if (!user) return '530 sign in first';
          return this.mayBegin() ? '250 ok' : '451 4.7.1 slow down';
        },
      ],
      [
        /^RCPT TO:<([^>]*)>/i,
        (address) => {
          to.push(address);
          return this.refusedRecipients.get(address) ?? '250 ok';
        },
      ],
      [
        /^DATA()$/i,
        () => {
          data = [];
          return '354 go on';
        },
      ],
      [/^QUIT()$/i, () => '221 bye'],
    ];
    const answer = (line: string): string | undefined => {
      if (!data) {
        for (const [command, run] of commands) {
          const match = command.exec(line);
          if (match) return run(match[1]);
        }
        return '502 what?';
      }
      if (line !== '.') {
        data.push(line.replace(/^\.\./, '.'));
        return undefined;
      }
      const content = decoded(data.join('\n'));
      data = undefined;
      const refusal = this.refusals.shift();
      if (refusal) return refusal;
      this.mails.push({ user, password, from, to, content });
      return '250 taken';
    };
    readLines(socket, (line) => {
      const reply = answer(line);
      if (reply) socket.write(`${reply}\r\n`);
    });
  }
}

/** Returns a function that ends the reading. */
function readLines(socket: Socket, take: (line: string) => void): () => void {
  let rest = '';
  const read = (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  };
  socket.on('data', read);
  return () => socket.off('data', read);
}

function decoded(content: string): string {
  const end = content.indexOf('\n\n');
  const headers = content.slice(0, end).replace(/\n[ \t]+/g, ' ');
  const body = content
    .slice(end)
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return headers + Buffer.from(body, 'latin1').toString('utf8');
}
