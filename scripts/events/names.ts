/** `ORDER_PLACED` for `order.placed`. */
export function constantOf(type: string): string {
  return type.replaceAll('.', '_').toUpperCase();
}

/** `OrderPlaced` for `order.placed`. */
export function typeNameOf(type: string): string {
  return type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
