/**
 * Runs a function under AWS's own runtime client. That client talks to the Runtime API through a native addon which
 * only builds inside a Lambda image; the few lines below stand in for it.
 */
import http from 'node:http';
import Module from 'node:module';
import { pathToFileURL } from 'node:url';

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const base = '/2018-06-01/runtime/invocation';
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, hostname, port, method, path, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode >= 500) process.exit(0);
        resolve({ bodyJson: Buffer.concat(chunks).toString('utf8'), headers: response.headers });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const endOfLog = process.env.LOCAL_END_OF_LOG;
delete process.env.LOCAL_END_OF_LOG;

let lastReply = Promise.resolve();
const reply = (path, body, headers) => {
  // Output is a pipe, written at once and in order: who reads this has read all that the call has logged.
  process.stdout.write(`${endOfLog}\n`);
  lastReply = call('POST', path, body, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  lastReply.catch(() => process.exit(1));
};

const client = {
  initializeClient() {},
  async next() {
    await lastReply;
    return call('GET', `${base}/next`);
  },
  done: (id, body) => reply(`${base}/${id}/response`, body),
  error: (id, body, cause) =>
    reply(`${base}/${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': cause.slice(0, 8000) }),
};

const load = Module._load;
Module._load = (request, ...rest) => (request === './rapid-client.node' ? client : load(request, ...rest));

const clientPath = process.env.LOCAL_RUNTIME_CLIENT;
delete process.env.LOCAL_RUNTIME_CLIENT;
await import(pathToFileURL(clientPath));
