import { type Colour, circle, darker, ellipse, lighter, MIDDLE, mix, type Paint, path, SIDE } from './paint';

/** The room in which a category's things are shown. */
export interface Stage {
  readonly wall: Colour;
  readonly floor: Colour;
  /** What stands behind the thing and gives it a place. */
  readonly backdrop: 'disc' | 'arch' | 'hills' | 'panel';
  readonly accent: Colour;
}

const HORIZON = 850;

export function drawStage(paint: Paint, { wall, floor, backdrop, accent }: Stage): string {
  const wallLight = paint.radial(0.34, 0.28, 0.95, [
    [0, lighter(wall, 0.55)],
    [0.55, wall],
    [1, darker(wall, 0.1)],
  ]);
  const floorLight = paint.linear(
    [0, 0, 0.2, 1],
    [
      [0, mix(floor, wall, 0.35)],
      [1, darker(floor, 0.05)],
    ],
  );
  return [
    path(`M0 0H${SIDE}V${SIDE}H0Z`, wallLight),
    backdrops[backdrop](paint, accent),
    path(`M0 ${HORIZON}H${SIDE}V${SIDE}H0Z`, floorLight),
    paint.blur(14, ellipse(MIDDLE, HORIZON, 760, 7, darker(floor, 0.5), { opacity: 0.16 })),
  ].join('');
}

const backdrops: Record<Stage['backdrop'], (paint: Paint, accent: Colour) => string> = {
  disc: (paint, accent) => circle(MIDDLE, 520, 390, paint.fall(accent, 0.35)),
  arch: (paint, accent) =>
    path(`M250 ${HORIZON}V500a350 350 0 0 1 700 0V${HORIZON}Z`, paint.fall(accent, 0.35)) +
    path(`M300 ${HORIZON}V500a300 300 0 0 1 600 0V${HORIZON}Z`, paint.fall(lighter(accent, 0.22), 0.3)),
  panel: (paint, accent) =>
    path(`M170 ${HORIZON}V210H760V${HORIZON}Z`, paint.fall(accent, 0.3)) +
    path(`M440 ${HORIZON}V340H1030V${HORIZON}Z`, paint.fall(lighter(accent, 0.3), 0.3)),
  hills: (paint, accent) =>
    circle(835, 330, 120, lighter(accent, 0.75)) +
    path(
      `M0 ${HORIZON}V640L240 430 420 590 640 360 900 640 1060 520 1200 660V${HORIZON}Z`,
      paint.fall(lighter(accent, 0.4), 0.3),
    ) +
    path(
      `M0 ${HORIZON}V740C180 640 320 700 480 730S800 640 960 690 1120 730 1200 700V${HORIZON}Z`,
      paint.fall(accent, 0.3),
    ),
};
