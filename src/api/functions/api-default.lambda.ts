import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import openApi from '../../../assets/openapi.json';
import { answer, answerProblem, withoutBody } from '../../runtime/answer';
import { settings } from '../../runtime/entry';
import { originGuard } from '../../runtime/origin';
import { Refusal } from '../../runtime/refusal';
import { API_DOCUMENT, API_ENV, API_PREFIX } from '../contract';
import { allowedMethods } from '../domain/allowed-methods';
import { documentOf, routesOf } from '../domain/api-document';

const env = settings([API_ENV.NAME, API_ENV.OPERATIONS]);
const deployed = env[API_ENV.OPERATIONS].split(',');
const document = documentOf(openApi, new Set(deployed), env[API_ENV.NAME]);
const routes = [`GET ${API_DOCUMENT}`, ...routesOf(document), ...deployed.filter((it) => it.includes(' '))];
const guard = originGuard();

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const answered = guard(event.headers) ?? respond(event);
  return event.requestContext.http.method === 'HEAD' ? withoutBody(answered) : answered;
}

function respond({ routeKey, rawPath }: APIGatewayProxyEventV2): APIGatewayProxyStructuredResultV2 {
  if (routeKey.endsWith(API_DOCUMENT)) {
    return answer({ status: 200, headers: { 'cache-control': 'public, max-age=300' }, body: document });
  }
  const methods = rawPath.startsWith(API_PREFIX) ? allowedMethods(routes, rawPath.slice(API_PREFIX.length)) : [];
  if (methods.length === 0) {
    return answerProblem(404, new Refusal('route_not_found', 'There is nothing at this address.'));
  }
  const allow = methods.join(', ');
  return answerProblem(405, new Refusal('method_not_allowed', `This address takes ${allow}.`), { allow });
}
