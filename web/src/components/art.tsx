const GRID = 3;
const HUES = 8;

/** What stands where there is no photo: a quiet pattern, always the same for the same seed. */
export function Art({ seed, title }: { seed: string; title?: string }) {
  const random = randomFrom(seed);
  const cells = Array.from({ length: GRID * GRID }, (_, index) => {
    const [x, y] = [index % GRID, Math.floor(index / GRID)];
    const shape = SHAPES[Math.floor(random() * SHAPES.length)];
    return <path key={index} class={`tone-${1 + Math.floor(random() * 3)}`} d={shape(x, y)} />;
  });
  return (
    <svg
      class={`art hue-${hash(seed) % HUES}`}
      viewBox={`0 0 ${GRID} ${GRID}`}
      preserveAspectRatio="xMidYMid slice"
      role={title ? 'img' : undefined}
      aria-label={title || undefined}
      aria-hidden={title ? undefined : 'true'}
      focusable="false"
    >
      {cells}
    </svg>
  );
}

/** Paths inside the unit square at x, y. */
const SHAPES: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `M${x} ${y}h1a1 1 0 0 1-1 1z`,
  (x, y) => `M${x + 1} ${y}v1a1 1 0 0 1-1-1z`,
  (x, y) => `M${x + 1} ${y + 1}h-1a1 1 0 0 1 1-1z`,
  (x, y) => `M${x} ${y + 1}v-1a1 1 0 0 1 1 1z`,
  (x, y) => `M${x} ${y + 0.5}a.5.5 0 0 1 1 0a.5.5 0 0 1-1 0z`,
  (x, y) => `M${x} ${y}h1a.5.5 0 0 1-1 0z`,
  (x, y) => `M${x} ${y + 1}h1a.5.5 0 0 0-1 0z`,
  (x, y) => `M${x} ${y}a1 1 0 0 1 1 1a1 1 0 0 1-1-1z`,
  () => '',
];

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Mulberry32: numbers from 0 to 1 that follow from the seed. */
function randomFrom(seed: string): () => number {
  let state = hash(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
