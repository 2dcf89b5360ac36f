/** The entries in their order, at most `size` together. */
export function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** Results in the order of the inputs, with at most `lanes` calls under way at one moment. */
export async function inParallel<T, R>(
  inputs: readonly T[],
  lanes: number,
  call: (input: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(inputs.length);
  const waiting = inputs.entries();
  const lane = async () => {
    for (const [index, input] of waiting) results[index] = await call(input);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, inputs.length) }, lane));
  return results;
}
