/**
 * Answers requests of an API Gateway HTTP API (payload format 2.0): finds the operation, decodes and validates the
 * request, and turns what the operation returns or throws into an answer.
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type AnyReply, answer, answerProblem, withoutBody } from './answer';
import { EDGE } from './contract';
import { logger } from './entry';
import type { OperationDescription, SignIn } from './operation';
import { originGuard } from './origin';
import type { Customer, Guest, Principal, Staff } from './principal';
import { Refusal } from './refusal';
import { readBody } from './request-body';
import { withRequestBudget } from './request-budget';
import { readQuery, validate } from './request-validation';
import { principalOf, type TokenVerifier } from './sign-in';
import type { Arrival } from './viewer';

/** What the generated types of an operation do not tell of its requests. */
export interface Traits {
  /** Names of the query parameters with a default. */
  readonly defaulted?: string;
  readonly signIn?: SignIn;
  readonly rawBody?: boolean;
}

/** A description that carries the generated types of its operation. */
export interface Operation<Types, Its extends Traits = Record<never, never>> extends OperationDescription {
  readonly types?: { readonly operation: Types; readonly traits: Its };
}

/** A request that keeps every rule of the operation's OpenAPI description. */
export interface Request<Types, Its extends Traits = Record<never, never>> {
  /** Who sends it. */
  readonly principal: PrincipalOf<Its>;
  readonly path: Part<Types, 'path'>;
  readonly query: WithDefaults<Part<Types, 'query'>, Its>;
  /** Only the headers that the operation declares; names in lower case. */
  readonly header: LowerCase<Part<Types, 'header'>>;
  /** The parsed JSON body, or the bytes of any other and of a raw one. */
  readonly body: Its extends { rawBody: true } ? Uint8Array : Body<Types>;
  /** Media type of the body with its parameters, as it was sent. */
  readonly contentType: string | undefined;
  readonly requestId: string;
  readonly arrival: Arrival;
}

/** One of the successful answers that the operation documents. Header names in lower case. */
export type Reply<Types> = Types extends { responses: infer Responses }
  ? {
      [Status in keyof Responses]: Status extends SuccessStatus
        ? { readonly status: Status; readonly headers?: Readonly<Record<string, string>> } & Content<Responses[Status]>
        : never;
    }[keyof Responses]
  : never;

export type Handlers<Operations> = {
  readonly [Id in keyof Operations]: Operations[Id] extends Operation<infer Types, infer Its>
    ? (request: Request<Types, Its>, context: Context) => Promise<Reply<Types>>
    : never;
};

type SuccessStatus = 200 | 201 | 202 | 204 | 302 | 303 | 304;
type Part<Types, Place extends string> = Types extends { parameters: infer Parameters }
  ? Place extends keyof Parameters
    ? Exclude<Parameters[Place], undefined>
    : never
  : never;
type WithDefaults<Query, Its> = Its extends { defaulted: infer Name }
  ? Query & Required<Pick<Query, Name & keyof Query>>
  : Query;
type PrincipalOf<Its> = Its extends { signIn: 'customer' }
  ? Customer
  : Its extends { signIn: 'staff' }
    ? Staff
    : Its extends { signIn: 'optional' }
      ? Guest | Customer
      : Guest;
type LowerCase<Headers> = { readonly [Name in keyof Headers as Lowercase<Name & string>]: Headers[Name] };
type Body<Types> = Types extends { requestBody: { content: infer Media } } ? Parsed<Media> : undefined;
type Parsed<Media> = Media extends { 'application/json': infer Value } ? Value : Uint8Array;
type Content<Response> = Response extends { content: infer Media }
  ? { readonly body: Parsed<Media> }
  : { readonly body?: undefined };

type AnyHandler = (request: Request<unknown>, context: Context) => Promise<AnyReply>;

const VERSION_PREFIX = ' /v1/';
const HEAD = /^HEAD /;

/**
 * Makes a Lambda handler of the operations that a function answers.
 *
 * What passes the distribution by is refused where that is closed, and who is not signed in as the operation asks,
 * before anything else is read. Each request runs within a
 * budget. A `Refusal` is answered with the status that the operation's document gives its code; one whose code is not
 * documented is a defect of the function. Defects and failures are logged and answered 500 `internal_error`, which
 * tells nothing about them. A route that is none of the operations is 404 `route_not_found`. HEAD is answered as GET is,
 * without the body.
 *
 * @param operations of the generated `<bundle>.api.generated` module
 * @param verifier for operations that guests and customers may call; without one, every token is refused there
 */
export function httpHandler<Operations extends Readonly<Record<string, OperationDescription>>>(
  operations: Operations,
  handlers: Handlers<Operations>,
  verifier?: TokenVerifier,
) {
  const byRoute = new Map(
    Object.entries(operations).map(([id, operation]) => [
      operation.route,
      { operation, handle: handlers[id] as unknown as AnyHandler },
    ]),
  );
  const guard = originGuard();
  const respond = async (event: APIGatewayProxyEventV2, context: Context) => {
    const refused = guard(event.headers);
    if (refused) return refused;
    const found = byRoute.get(event.routeKey.replace(VERSION_PREFIX, ' /').replace(HEAD, 'GET '));
    if (!found) return answerProblem(404, new Refusal('route_not_found', 'There is nothing at this address.'));
    try {
      return answer(
        await withRequestBudget(context, async () => {
          const principal = await principalOf(found.operation, event, verifier);
          return found.handle(readRequest(found.operation, event, principal), context);
        }),
      );
    } catch (error) {
      return answerError(found.operation, error, event);
    }
  };
  return async (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    const answered = await respond(event, context);
    return HEAD.test(event.routeKey) ? withoutBody(answered) : answered;
  };
}

function readRequest(
  operation: OperationDescription,
  event: APIGatewayProxyEventV2,
  principal: Principal,
): Request<unknown> {
  const request = {
    path: readPath(event.pathParameters),
    query: readQuery(operation, event.rawQueryString),
    header: Object.fromEntries(
      operation.headers.flatMap((name) => (event.headers[name] === undefined ? [] : [[name, event.headers[name]]])),
    ),
    body: operation.mediaTypes.length > 0 ? readBody(operation, event) : undefined,
  };
  validate(operation, request);
  return {
    ...request,
    principal,
    contentType: event.headers['content-type'],
    requestId: event.requestContext.requestId,
    arrival: {
      sourceIp: event.requestContext.http.sourceIp,
      forwardedFor: event.headers['x-forwarded-for'],
      edgeProof: event.headers[EDGE.HEADER],
    },
  } as unknown as Request<unknown>;
}

/** API Gateway decodes every escape of a path but `%25`. */
function readPath(parameters: APIGatewayProxyEventV2['pathParameters']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).map(([name, value = '']) => [name, value.replaceAll('%25', '%')]),
  );
}

function answerError(
  operation: OperationDescription,
  error: unknown,
  { routeKey: route, requestContext: { requestId } }: APIGatewayProxyEventV2,
): APIGatewayProxyStructuredResultV2 {
  const status = error instanceof Refusal ? operation.statuses[error.code] : undefined;
  if (status !== undefined) {
    const refusal = error as Refusal;
    return answerProblem(status, refusal, operation.retryAfter.includes(status) ? comeBack(refusal) : {});
  }
  const what = error instanceof Refusal ? `${error.code} is not documented for this operation` : 'The request failed';
  logger.error(what, { requestId, route, error: error as Error });
  return answerProblem(500, new Refusal('internal_error', `The service failed. Its log names request ${requestId}.`));
}

function comeBack({ retryAfter }: Refusal): Record<string, string> {
  return retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) };
}
