/**
 * Draws the pictures of the demo's catalogue into `examples/catalogue/images`.
 *
 *   tsx scripts/make-demo-pictures.ts            all of them
 *   tsx scripts/make-demo-pictures.ts mug tent   those whose name contains one of these
 */
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { backpack, beanie, sunglasses, tote, weekender } from './pictures/accessories';
import { beaker, headphones, ink, notebooks, radio } from './pictures/desk';
import { armchair, candle, clock, lamp, vase } from './pictures/home';
import { board, bowls, casserole, mug, teapot } from './pictures/kitchen';
import { bicycle, compass, flask, lantern, tent } from './pictures/outdoors';
import { type Colour, type Drawing, FLOOR, group, MIDDLE, Paint } from './pictures/paint';
import { cactus, herbs, monstera, snakePlant, wateringCan } from './pictures/plants';
import { drawStage, type Stage } from './pictures/stage';

interface Scene {
  readonly stage: Stage;
  readonly drawing: Drawing;
  readonly colours: readonly Colour[];
  /** How large the thing is drawn, from where it stands. */
  readonly scale: number;
}

const FOLDER = path.resolve(__dirname, '../examples/catalogue/images');

const KITCHEN: Stage = { wall: '#ebe1d4', floor: '#d8c6b1', backdrop: 'arch', accent: '#d9b99a' };
const HOME: Stage = { wall: '#e6e1dc', floor: '#cdbfb2', backdrop: 'panel', accent: '#c9b7a8' };
const PLANTS: Stage = { wall: '#e4ebe2', floor: '#cbd6c6', backdrop: 'disc', accent: '#f3e3c6' };
const ACCESSORIES: Stage = { wall: '#efe1dc', floor: '#dcc3ba', backdrop: 'disc', accent: '#e5bfb1' };
const DESK: Stage = { wall: '#dfe5ea', floor: '#c3ced6', backdrop: 'panel', accent: '#b9c8d4' };
const OUTDOORS: Stage = { wall: '#e3ecec', floor: '#c9cdb4', backdrop: 'hills', accent: '#9fb5a3' };

const BRASS = '#d8b25c';

/** By the name of the file, without its ending. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'mug-sea': scene(KITCHEN, mug, ['#c9a98a', '#3f6f7d', '#4a2a1b'], 1.15),
  'mug-clay': scene(KITCHEN, mug, ['#d8cdbd', '#c2643f', '#6b3a1d'], 1.15),
  teapot: scene(KITCHEN, teapot, ['#5d7c63', '#c79a5b'], 1.1),
  'casserole-tomato': scene(KITCHEN, casserole, ['#c8553d', '#d9b36c'], 1.15),
  'casserole-pine': scene(KITCHEN, casserole, ['#2f6358', BRASS], 1.15),
  board: scene(KITCHEN, board, ['#c08a55', '#f2c53d'], 1),
  bowls: scene(KITCHEN, bowls, ['#2f5d73', '#e3b45a', '#efe6d8'], 1.12),
  lamp: scene(HOME, lamp, ['#4f7173', '#f2dfb8'], 1.04),
  vase: scene(HOME, vase, ['#d8cbb8', '#7d9a86'], 1),
  candle: scene(HOME, candle, ['#b98b6b', '#f0cf9a'], 1.15),
  'armchair-lagoon': scene(HOME, armchair, ['#4d6a6d', '#a8744a', '#e0a458'], 1.12),
  'armchair-rust': scene(HOME, armchair, ['#b4623f', '#6f4a33', '#e9dcc3'], 1.12),
  clock: scene(HOME, clock, ['#b5835a', '#f6f0e4', '#cf5b45'], 1.05),
  monstera: scene(PLANTS, monstera, ['#d9d3c7', '#3f7d58'], 0.98),
  cactus: scene(PLANTS, cactus, ['#c9714f', '#5f9367', '#e2688c'], 1.06),
  'snake-plant': scene(PLANTS, snakePlant, ['#f0ece4', '#4d7a5c', '#e3cf7a'], 1),
  'watering-can': scene(PLANTS, wateringCan, ['#4f7d74', '#cfa052'], 1.1),
  herbs: scene(PLANTS, herbs, ['#c5724f', '#5c9a4a', '#5f8573', '#6fae62'], 1.15),
  backpack: scene(ACCESSORIES, backpack, ['#4a5d4f', '#a5683f', BRASS], 1.08),
  tote: scene(ACCESSORIES, tote, ['#f0e6d4', '#cf6b52', '#8a4f33'], 1.06),
  weekender: scene(ACCESSORIES, weekender, ['#3d4c66', '#9c623b', BRASS], 1.15),
  'beanie-honey': scene(ACCESSORIES, beanie, ['#d9a441', '#c98f2f', '#f4ead8'], 1.02),
  'beanie-dusk': scene(ACCESSORIES, beanie, ['#4a5677', '#39425f', '#f0e6d8'], 1.02),
  sunglasses: scene(ACCESSORIES, sunglasses, ['#6b3f2a', '#4f6f6a'], 1.1),
  'notebooks-harbour': scene(DESK, notebooks, ['#2f5266', '#d98f5c', '#e3b04b'], 1.06),
  'notebooks-orchard': scene(DESK, notebooks, ['#7a3b4a', '#8fa07a', '#f0d9b0'], 1.06),
  ink: scene(DESK, ink, ['#243b73', '#2b2b33', '#7c2e3b'], 1.1),
  beaker: scene(DESK, beaker, ['#efe7da', '#e0a336', '#c8553d', '#3f7d8a', '#5d7c63'], 1.12),
  headphones: scene(DESK, headphones, ['#e8e2d8', '#3b3f46', '#b98252'], 1.1),
  radio: scene(DESK, radio, ['#9b5f3c', '#d9c7a8', '#2f4f4f'], 1.1),
  'tent-apricot': scene(OUTDOORS, tent, ['#d9863f', '#f2c665', '#7a6a55'], 1.08),
  'tent-moss': scene(OUTDOORS, tent, ['#5f7a4f', '#f5d68a', '#6a604f'], 1.08),
  flask: scene(OUTDOORS, flask, ['#3f6b5c', '#e6dfd2', '#c79a5b'], 1.03),
  lantern: scene(OUTDOORS, lantern, ['#b5483a', '#ffc95e'], 1.08),
  compass: scene(OUTDOORS, compass, ['#c99a4b', '#f7f1e3', '#c8402f'], 0.98),
  bicycle: scene(OUTDOORS, bicycle, ['#3f7d8a', '#9c5f38', '#2f3136'], 1.06),
};

function scene(stage: Stage, drawing: Drawing, colours: readonly Colour[], scale: number): Scene {
  return { stage, drawing, colours, scale };
}

function draw({ stage, drawing, colours, scale }: Scene): string {
  const paint = new Paint();
  const transform = `translate(${MIDDLE} ${FLOOR}) scale(${scale}) translate(${-MIDDLE} ${-FLOOR})`;
  return paint.picture(drawStage(paint, stage) + group(drawing(paint, ...colours), { transform }));
}

async function main(wanted: string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, it] of Object.entries(SCENES)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const { size } = await sharp(Buffer.from(draw(it)))
      .jpeg({ quality: 80, mozjpeg: true })
      .toFile(path.join(FOLDER, `${name}.jpg`));
    console.log(`${name}.jpg  ${Math.round(size / 1024)} KiB`);
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
