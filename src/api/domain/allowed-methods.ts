/** Name of a parameter in the path of a route; `+` lets it hold slashes. */
const PARAMETER = /(\{[\w.-]+\+?\})/;

/**
 * The methods that the routes have for a path, sorted; none when there is nothing at it.
 *
 * @param routes method and path of each, such as `GET /products/{id}`
 * @param path as the gateway has decoded it, with what all routes begin with taken off
 */
export function allowedMethods(routes: readonly string[], path: string): string[] {
  const methods = routes.map((route) => route.split(' ')).filter(([, template]) => templateOf(template).test(path));
  return [...new Set(methods.flatMap(([method]) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
}

function templateOf(template: string): RegExp {
  const parts = template.split(PARAMETER).map((part) => {
    if (!PARAMETER.test(part)) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return part.endsWith('+}') ? '.+' : '[^/]+';
  });
  return new RegExp(`^${parts.join('')}$`);
}
