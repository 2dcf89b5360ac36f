/** Drawing in SVG with light from the upper left, on a square of 1200. */

export type Colour = string;

export const SIDE = 1200;
/** Where things stand on the floor. */
export const FLOOR = 945;
export const MIDDLE = SIDE / 2;

export function mix(one: Colour, other: Colour, share: number): Colour {
  const [a, b] = [one, other].map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  return `#${a
    .map((value, index) =>
      Math.round(value + (b[index] - value) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

export const lighter = (colour: Colour, share = 0.25): Colour => mix(colour, '#fffaf2', share);
export const darker = (colour: Colour, share = 0.25): Colour => mix(colour, '#221a2c', share);

type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: string, attributes: Attributes, content = ''): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const text = given.map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : value}"`).join('');
  return content ? `<${name}${text}>${content}</${name}>` : `<${name}${text}/>`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

export const path = (d: string, fill: Colour, more: Attributes = {}): string => element('path', { d, fill, ...more });

export const stroke = (d: string, colour: Colour, width: number, more: Attributes = {}): string =>
  path(d, 'none', {
    stroke: colour,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    ...more,
  });

export const ellipse = (cx: number, cy: number, rx: number, ry: number, fill: Colour, more: Attributes = {}): string =>
  element('ellipse', { cx, cy, rx, ry, fill, ...more });

export const circle = (cx: number, cy: number, r: number, fill: Colour, more: Attributes = {}): string =>
  ellipse(cx, cy, r, r, fill, more);

export const box = (
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
  fill: Colour,
  more: Attributes = {},
): string => element('rect', { x, y, width, height, rx: radius, fill, ...more });

export const group = (content: string, more: Attributes = {}): string => element('g', more, content);

export const turned = (degrees: number, x: number, y: number, content: string): string =>
  group(content, { transform: `rotate(${degrees} ${x} ${y})` });

/** Numbers from 0 to 1 that look random and are always the same. */
export function dice(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
  };
}

/** Holds what shapes refer to: gradients, clips and filters. */
export class Paint {
  private readonly definitions: string[] = [];

  /** Something round that stands upright: dark edges, a light stripe left of the middle. */
  tube(colour: Colour, contrast = 1): Colour {
    return this.linear(
      [0, 0, 1, 0],
      [
        [0, darker(colour, 0.16 * contrast)],
        [0.28, lighter(colour, 0.3 * contrast)],
        [0.6, colour],
        [1, darker(colour, 0.34 * contrast)],
      ],
    );
  }

  /** From light above to dark below. */
  fall(colour: Colour, contrast = 1): Colour {
    return this.linear(
      [0, 0, 0.25, 1],
      [
        [0, lighter(colour, 0.18 * contrast)],
        [0.5, colour],
        [1, darker(colour, 0.22 * contrast)],
      ],
    );
  }

  /** Something round like a ball. */
  ball(colour: Colour, contrast = 1): Colour {
    return this.radial(0.36, 0.3, 0.8, [
      [0, lighter(colour, 0.42 * contrast)],
      [0.45, colour],
      [1, darker(colour, 0.38 * contrast)],
    ]);
  }

  linear([x1, y1, x2, y2]: number[], stops: [number, Colour, number?][]): Colour {
    return this.gradient('linearGradient', { x1, y1, x2, y2 }, stops);
  }

  radial(cx: number, cy: number, r: number, stops: [number, Colour, number?][]): Colour {
    return this.gradient('radialGradient', { cx, cy, r }, stops);
  }

  /** Shows the content only inside the shape. */
  clip(shape: string, content: string): string {
    return group(content, { 'clip-path': this.define((id) => element('clipPath', { id }, shape)) });
  }

  blur(radius: number, content: string): string {
    const filter = this.define((id) =>
      element(
        'filter',
        { id, filterUnits: 'userSpaceOnUse', x: -SIDE / 2, y: -SIDE / 2, width: SIDE * 2, height: SIDE * 2 },
        element('feGaussianBlur', { stdDeviation: radius }),
      ),
    );
    return group(content, { filter });
  }

  /** What a thing darkens on the floor: much where it touches, little where the light comes round it. */
  shadow(cx: number, y: number, width: number, depth = width * 0.13): string {
    return (
      this.blur(26, ellipse(cx + width * 0.13, y + 6, width * 0.62, depth, '#2a2030', { opacity: 0.26 })) +
      this.blur(9, ellipse(cx + width * 0.02, y, width * 0.5, depth * 0.52, '#2a2030', { opacity: 0.42 }))
    );
  }

  /** The finished picture. */
  picture(content: string): string {
    const defs = element('defs', {}, this.definitions.join(''));
    return element(
      'svg',
      { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${SIDE} ${SIDE}`, width: SIDE, height: SIDE },
      defs + content,
    );
  }

  private gradient(name: string, attributes: Attributes, stops: [number, Colour, number?][]): Colour {
    const content = stops
      .map(([offset, colour, opacity]) => element('stop', { offset, 'stop-color': colour, 'stop-opacity': opacity }))
      .join('');
    return this.define((id) => element(name, { id, ...attributes }, content));
  }

  private define(make: (id: string) => string): string {
    const id = `d${this.definitions.length}`;
    this.definitions.push(make(id));
    return `url(#${id})`;
  }
}

/** Draws a thing in its colours. */
export type Drawing = (paint: Paint, ...colours: Colour[]) => string;
