import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const KEY_ID = 'key-1';

/** An OpenID provider that signs whatever a test claims. */
export class TokenIssuer {
  static async start(): Promise<TokenIssuer> {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' }] };
    const server = createServer((request, response) => {
      const issuer = `http://${request.headers.host}`;
      const isKeys = request.url === '/keys';
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(isKeys ? keys : { issuer, jwks_uri: `${issuer}/keys` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TokenIssuer(server, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  }

  readonly url: string;

  private constructor(
    private readonly server: Server,
    private readonly privateKey: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** An access token, valid for a minute unless it claims otherwise. */
  sign(claims: Record<string, unknown>): string {
    const now = Math.floor(Date.now() / 1000);
    const told = { iss: this.url, aud: 'shop', iat: now, exp: now + 60, ...claims };
    const parts = [{ alg: 'RS256', typ: 'JWT', kid: KEY_ID }, told].map(encode).join('.');
    return `${parts}.${createSign('RSA-SHA256').update(parts).sign(this.privateKey, 'base64url')}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
