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
  path,
  stroke,
  turned,
} from './paint';

/** A notebook with an elastic band, standing before another one. */
export const notebooks: Drawing = (paint, front, back, band) =>
  [
    paint.shadow(650, FLOOR, 560, 58),
    turned(
      9,
      760,
      FLOOR,
      box(575, 330, 370, 615, 22, paint.fall(back)) +
        box(575, 330, 48, 615, 18, darker(back, 0.25)) +
        box(880, 330, 20, 615, 0, lighter(back, 0.5)),
    ),
    turned(
      -5,
      480,
      FLOOR,
      [
        box(322, 300, 410, 645, 24, darker(front, 0.45)),
        box(334, 312, 402, 628, 10, '#f7f0e2'),
        ...[0, 1, 2, 3].map((index) => stroke(`M${718 + index * 5} 320V936`, '#d9cdb8', 1.6)),
        box(310, 296, 405, 645, 24, paint.fall(front)),
        box(310, 296, 56, 645, 20, darker(front, 0.22), { opacity: 0.7 }),
        box(640, 296, 26, 645, 0, paint.fall(band)),
        box(430, 430, 150, 92, 8, lighter(front, 0.82)),
        stroke('M455 462H555M455 488H525', darker(front, 0.3), 6),
        path('M470 941V1000L492 980L514 1000V941Z', band),
      ].join(''),
    ),
  ].join('');

/** A fountain pen and a bottle of ink. */
export const ink: Drawing = (paint, glass, cap, pen) =>
  [
    paint.shadow(480, FLOOR, 400),
    path(
      `M310 640Q310 600 350 600H610Q650 600 650 640V895Q650 ${FLOOR} 600 ${FLOOR}H360Q310 ${FLOOR} 310 895Z`,
      paint.tube(lighter(glass, 0.45)),
      { opacity: 0.75 },
    ),
    path('M335 720Q480 745 625 720V880Q625 920 585 920H375Q335 920 335 880Z', paint.tube(glass, 1.2)),
    ellipse(480, 722, 145, 15, lighter(glass, 0.25)),
    box(425, 560, 110, 50, 6, lighter(glass, 0.5), { opacity: 0.85 }),
    box(395, 465, 170, 105, 14, paint.tube(cap)),
    ...Array.from({ length: 11 }, (_, index) =>
      stroke(`M${410 + index * 14} 482V556`, darker(cap, 0.4), 4, { opacity: 0.5 }),
    ),
    box(385, 765, 190, 110, 6, '#fbf5ea'),
    stroke('M420 805H540M440 838H520', glass, 8),
    box(330, 640, 18, 240, 9, '#fff', { opacity: 0.45 }),
    paint.shadow(705, FLOOR + 12, 110, 14),
    turned(
      24,
      800,
      690,
      group(
        [
          path('M764 240Q764 205 800 205T836 240V560H764Z', paint.tube(pen)),
          box(760, 545, 80, 30, 4, paint.tube('#d8b25c')),
          path('M768 575H832L822 760H778Z', paint.tube(darker(pen, 0.35))),
          path('M780 760H820L803 900H797Z', paint.tube('#e0be6a')),
          stroke('M800 800V895', darker('#e0be6a', 0.5), 3),
          circle(800, 800, 7, darker('#e0be6a', 0.55)),
          path('M830 250H850V430Q850 444 840 444T830 430Z', paint.tube('#d8b25c')),
        ].join(''),
        { transform: 'translate(0 90)' },
      ),
    ),
  ].join('');

/** A beaker with pencils, a ruler and scissors. */
export const beaker: Drawing = (paint, clay, ...pencils) => {
  const pencil = (x: number, lean: number, top: number, colour: string) =>
    turned(
      lean,
      x,
      700,
      [
        path(`M${x - 24} ${top + 90}H${x + 24}V720H${x - 24}Z`, paint.tube(colour)),
        stroke(`M${x - 8} ${top + 90}V720M${x + 9} ${top + 90}V720`, darker(colour, 0.3), 3, { opacity: 0.5 }),
        path(
          `M${x - 24} ${top + 92}L${x} ${top}L${x + 24} ${top + 92}Q${x + 12} ${top + 78} ${x} ${top + 92}Q${x - 12} ${top + 78} ${x - 24} ${top + 92}Z`,
          paint.tube('#e8c99b'),
        ),
        path(`M${x - 8} ${top + 31}L${x} ${top}L${x + 8} ${top + 31}Z`, darker(colour, 0.35)),
      ].join(''),
    );
  return [
    paint.shadow(MIDDLE, FLOOR, 330),
    turned(
      9,
      690,
      700,
      box(665, 250, 62, 470, 6, paint.tube('#dfc08e')) +
        Array.from({ length: 16 }, (_, index) =>
          stroke(`M665 ${270 + index * 26}H${index % 4 === 0 ? 693 : 682}`, '#7a5c36', 3),
        ).join(''),
    ),
    pencil(480, -13, 330, pencils[0]),
    pencil(555, -4, 270, pencils[1]),
    pencil(625, 3, 330, pencils[2]),
    pencil(520, -20, 430, pencils[3] ?? pencils[0]),
    path(`M420 590H780L765 905Q763 ${FLOOR} 722 ${FLOOR}H478Q437 ${FLOOR} 435 905Z`, paint.tube(clay)),
    path('M420 590Q600 632 780 590L779 616Q600 660 421 616Z', lighter(clay, 0.25)),
    ...[700, 750, 800].map((y, index) =>
      stroke(`M${426 + index * 2} ${y}Q600 ${y + 42} ${774 - index * 2} ${y}`, lighter(clay, 0.4), 9, {
        opacity: 0.55,
      }),
    ),
  ].join('');
};

/** Headphones on a stand. */
export const headphones: Drawing = (paint, shell, pad, wood) =>
  [
    paint.shadow(MIDDLE, FLOOR, 340),
    path(
      `M460 905H740Q770 905 770 ${FLOOR - 18}T740 ${FLOOR}H460Q430 ${FLOOR} 430 ${FLOOR - 18}T460 905Z`,
      paint.tube(wood),
    ),
    box(572, 300, 56, 610, 20, paint.tube(wood)),
    stroke('M368 640C340 220 860 220 832 640', paint.fall(darker(shell, 0.1)), 54),
    stroke('M378 600C368 262 832 262 822 600', lighter(shell, 0.3), 9, { opacity: 0.55 }),
    stroke('M430 420C490 285 710 285 770 420', paint.fall(pad), 40),
    ...[360, 840].map((x) => {
      const side = x < MIDDLE ? 1 : -1;
      return [
        box(x - 14, 540, 28, 120, 12, '#c9ccd2'),
        group(
          ellipse(x + side * 44, 710, 66, 122, paint.tube(pad)) +
            ellipse(x, 710, 84, 132, paint.ball(shell)) +
            ellipse(x - side * 6, 710, 50, 86, darker(shell, 0.22)) +
            ellipse(x - side * 6, 710, 40, 74, paint.fall(lighter(shell, 0.08))),
        ),
      ].join('');
    }),
  ].join('');

/** A radio in a wooden case. */
export const radio: Drawing = (paint, case_, cloth, dial) =>
  [
    paint.shadow(MIDDLE, FLOOR, 680, 56),
    stroke('M790 480L930 210', '#bfc3c8', 10),
    circle(932, 206, 13, '#d7dade'),
    stroke('M420 485Q420 420 480 420H720Q780 420 780 485', paint.fall(darker(case_, 0.3)), 26),
    box(330, 905, 60, 40, 8, darker(case_, 0.6)),
    box(810, 905, 60, 40, 8, darker(case_, 0.6)),
    box(255, 480, 690, 440, 56, paint.fall(case_)),
    box(285, 510, 630, 380, 38, paint.fall(lighter(case_, 0.6), 0.4)),
    box(315, 540, 340, 320, 24, cloth),
    ...Array.from({ length: 9 }, (_, row) =>
      Array.from({ length: 10 }, (_, column) => circle(346 + column * 31, 572 + row * 32, 8, darker(cloth, 0.45))).join(
        '',
      ),
    ),
    circle(785, 640, 102, paint.ball('#e9e3d6')),
    circle(785, 640, 84, dial),
    ...Array.from({ length: 21 }, (_, index) =>
      turned(
        -130 + index * 13,
        785,
        640,
        stroke(`M785 566V${index % 5 === 0 ? 586 : 577}`, '#fdf8ec', index % 5 === 0 ? 5 : 3),
      ),
    ),
    turned(38, 785, 640, path('M780 640L785 570L790 640Z', '#f4b942')),
    circle(785, 640, 17, '#fdf8ec'),
    ...[720, 785, 850].map((x, index) => circle(x, 812, 32, paint.ball(index === 1 ? '#f4b942' : '#b9a98d'))),
  ].join('');
