import {
  box,
  circle,
  type Drawing,
  darker,
  ellipse,
  FLOOR,
  group,
  lighter,
  MIDDLE,
  mix,
  path,
  stroke,
  turned,
} from './paint';

/** A stoneware mug, dipped in glaze, with something hot in it. */
export const mug: Drawing = (paint, clay, glaze, drink) => {
  const body = `M405 545H755V830Q755 ${FLOOR} 640 ${FLOOR}H520Q405 ${FLOOR} 405 830Z`;
  const steam = [500, 580, 660].map((x, index) =>
    stroke(`M${x} ${470 - index * 8}c-46-60 46-96 0-160s34-80 8-130`, '#ffffff', 15, { opacity: 0.42 }),
  );
  return [
    paint.shadow(MIDDLE - 10, FLOOR, 330),
    paint.blur(9, steam.join('')),
    stroke('M748 620C885 590 900 800 742 815', paint.fall(darker(glaze, 0.12)), 46),
    stroke('M750 612C872 590 884 780 745 798', lighter(glaze, 0.35), 9, { opacity: 0.6 }),
    path(body, paint.tube(clay)),
    paint.clip(path(body, '#000'), path('M380 520H780V770Q690 806 600 774T380 786Z', paint.tube(glaze))),
    ellipse(580, 545, 175, 44, lighter(glaze, 0.35)),
    ellipse(580, 550, 156, 35, darker(glaze, 0.45)),
    ellipse(580, 560, 146, 27, paint.ball(drink, 0.8)),
    ellipse(536, 554, 56, 8, lighter(drink, 0.5), { opacity: 0.4 }),
  ].join('');
};

/** A round teapot with a bamboo handle. */
export const teapot: Drawing = (paint, glaze, bamboo) =>
  [
    paint.shadow(MIDDLE, FLOOR, 440),
    stroke('M425 560C425 250 775 250 775 560', paint.fall(bamboo), 34),
    ...[470, 540, 600, 660, 730].map((x) => {
      const y = 560 - Math.sqrt(Math.max(0, 1 - ((x - 600) / 178) ** 2)) * 232;
      return circle(x, y, 7, darker(bamboo, 0.45), { opacity: 0.55 });
    }),
    path('M790 700C870 690 880 560 960 520L985 545C930 610 940 790 795 830Z', paint.fall(darker(glaze, 0.08))),
    path('M940 524l48 24-6 10-52-20Z', darker(glaze, 0.55)),
    ellipse(MIDDLE, 745, 262, 205, paint.ball(glaze)),
    path(`M470 925Q600 968 730 925L718 ${FLOOR}Q600 962 482 ${FLOOR}Z`, darker(glaze, 0.4)),
    ellipse(MIDDLE, 568, 128, 34, darker(glaze, 0.35)),
    path('M478 560C500 505 700 505 722 560Q600 600 478 560Z', paint.fall(lighter(glaze, 0.06))),
    circle(MIDDLE, 508, 27, paint.ball(bamboo)),
    group(ellipse(492, 672, 40, 78, '#ffffff', { opacity: 0.22 }), { transform: 'rotate(24 492 672)' }),
  ].join('');

/** A cast-iron casserole. */
export const casserole: Drawing = (paint, enamel, knob) =>
  [
    paint.shadow(MIDDLE, FLOOR, 540),
    path('M330 700H250Q215 700 215 735T250 770H330Z', paint.fall(darker(enamel, 0.15))),
    path('M870 700H950Q985 700 985 735T950 770H870Z', paint.fall(darker(enamel, 0.2))),
    box(247, 722, 60, 24, 12, darker(enamel, 0.6), { opacity: 0.55 }),
    box(893, 722, 60, 24, 12, darker(enamel, 0.6), { opacity: 0.55 }),
    path(`M300 655H900V840Q900 ${FLOOR} 795 ${FLOOR}H405Q300 ${FLOOR} 300 840Z`, paint.tube(enamel)),
    path('M300 655H900V690Q600 730 300 690Z', darker(enamel, 0.5), { opacity: 0.35 }),
    path('M285 655Q290 560 600 545T915 655Q600 700 285 655Z', paint.tube(lighter(enamel, 0.04))),
    path('M360 610Q450 575 585 570', 'none', {
      stroke: '#fff',
      'stroke-width': 12,
      'stroke-linecap': 'round',
      opacity: 0.4,
    }),
    path('M572 548h56l-6-34h-44Z', darker(knob, 0.3)),
    ellipse(MIDDLE, 506, 62, 24, paint.ball(knob)),
    path(`M340 800Q345 900 420 925`, 'none', {
      stroke: '#fff',
      'stroke-width': 16,
      'stroke-linecap': 'round',
      opacity: 0.22,
    }),
  ].join('');

/** A wooden board with a lemon cut in half. */
export const board: Drawing = (paint, wood, lemon) => {
  const outline =
    'M395 330Q395 290 435 290H530V205Q530 150 600 150T670 205V290H765Q805 290 805 330V905Q805 945 765 945H435Q395 945 395 905Z';
  const grain = [450, 505, 560, 640, 700, 752].map((x, index) =>
    stroke(
      `M${x} 295C${x + 26} 480 ${x - 30} 640 ${x + (index % 2 ? 22 : -16)} 945`,
      darker(wood, 0.4),
      3 + (index % 3),
      { opacity: 0.28 },
    ),
  );
  const half = (x: number, y: number, size: number) =>
    group(
      [
        circle(0, 0, 100, paint.ball(lemon)),
        circle(-4, -2, 88, lighter(lemon, 0.82)),
        ...Array.from({ length: 9 }, (_, index) =>
          turned(
            index * 40,
            -4,
            -2,
            path('M-4 -12L22 -70Q-4 -88 -30 -70Z', paint.fall(mix(lemon, '#ffe98a', 0.45), 0.5)),
          ),
        ),
        circle(-4, -2, 9, lighter(lemon, 0.8)),
      ].join(''),
      { transform: `translate(${x} ${y}) scale(${size})` },
    );
  return [
    paint.shadow(610, FLOOR, 440),
    turned(
      -4,
      600,
      940,
      path(outline, darker(wood, 0.35), { transform: 'translate(12 6)' }) +
        path(outline, paint.fall(wood)) +
        paint.clip(path(outline, '#000'), grain.join('')) +
        ellipse(600, 215, 26, 26, darker(wood, 0.62)) +
        ellipse(604, 219, 22, 22, '#e9ded0'),
    ),
    paint.shadow(818, 965, 210),
    half(820, 872, 0.95),
    paint.shadow(415, 975, 230),
    ellipse(400, 900, 126, 88, paint.ball(lemon)),
    path('M270 896q-22-8-30 6 14 16 34 10Z', darker(lemon, 0.15)),
    ellipse(366, 866, 34, 15, '#fff', { opacity: 0.4 }),
  ].join('');
};

/** Bowls, each in the next larger one. */
export const bowls: Drawing = (paint, ...colours) => {
  const nest = (index: number): string => {
    const colour = colours[index];
    if (!colour) return '';
    const [y, half, depth] = [690 - index * 62, 335 - index * 66, 255 - index * 60];
    const [left, right, rim] = [MIDDLE - half, MIDDLE + half, half * 0.17];
    const front =
      `M${left} ${y}A${half} ${rim} 0 0 0 ${right} ${y}C${right} ${y + depth * 0.8} ${MIDDLE + half * 0.6} ${y + depth} ` +
      `${MIDDLE + half * 0.36} ${y + depth}H${MIDDLE - half * 0.36}C${MIDDLE - half * 0.6} ${y + depth} ${left} ${y + depth * 0.8} ${left} ${y}Z`;
    return [
      ellipse(MIDDLE, y, half, rim, paint.fall(darker(colour, 0.28))),
      nest(index + 1),
      path(front, paint.tube(colour)),
      stroke(`M${left + 3} ${y}A${half - 3} ${rim} 0 0 0 ${right - 3} ${y}`, lighter(colour, 0.5), 8),
    ].join('');
  };
  return paint.shadow(MIDDLE, FLOOR, 400) + path(`M480 925H720L708 ${FLOOR}H492Z`, darker(colours[0], 0.4)) + nest(0);
};
