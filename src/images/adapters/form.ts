import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { Refusal } from '../../runtime/refusal';

const FILE_FIELD = 'file';

/**
 * The image in a request's body: the body itself, or the field `file` of a form.
 *
 * @throws Refusal `malformed_form` or `invalid_request`
 */
export async function imageOf(body: Uint8Array, contentType: string): Promise<Uint8Array> {
  return /^multipart\/form-data\s*(;|$)/i.test(contentType) ? fileOf(body, contentType) : body;
}

function fileOf(body: Uint8Array, contentType: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const malformed = () => reject(new Refusal('malformed_form', 'The body is not a whole multipart/form-data form.'));
    let chunks: Buffer[] | undefined;
    try {
      const form = new Busboy({ headers: { 'content-type': contentType } as BusboyHeaders });
      form.on('file', (name, stream) => {
        stream.on('error', malformed);
        if (name !== FILE_FIELD || chunks) return void stream.resume();
        const received: Buffer[] = [];
        chunks = received;
        stream.on('data', (chunk: Buffer) => received.push(chunk));
      });
      form.on('error', malformed);
      form.on('finish', () => {
        if (chunks) return resolve(Buffer.concat(chunks));
        const errors = [{ pointer: `/body/${FILE_FIELD}`, detail: 'is required and must be a file' }];
        reject(new Refusal('invalid_request', `The form has no file in its field "${FILE_FIELD}".`, { errors }));
      });
      form.end(body);
    } catch {
      malformed();
    }
  });
}
