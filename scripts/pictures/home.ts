import {
  box,
  circle,
  type Drawing,
  darker,
  dice,
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

/** A ceramic table lamp, lit. */
export const lamp: Drawing = (paint, base, shade) =>
  [
    ellipse(
      MIDDLE,
      420,
      470,
      420,
      paint.radial(0.5, 0.5, 0.5, [
        [0, '#fff3c9', 0.75],
        [1, '#fff3c9', 0],
      ]),
    ),
    paint.shadow(MIDDLE, FLOOR, 300),
    box(588, 500, 24, 120, 8, darker('#c9a25a', 0.2)),
    path(`M540 600H660C780 660 790 860 690 ${FLOOR}H510C410 860 420 660 540 600Z`, paint.ball(base)),
    ...[700, 745, 790, 835].map((y, index) => {
      const half = [145, 156, 152, 134][index];
      return stroke(`M${MIDDLE - half} ${y}Q600 ${y + 36} ${MIDDLE + half} ${y}`, lighter(base, 0.35), 3, {
        opacity: 0.45,
      });
    }),
    path(
      'M450 200H750L850 545Q600 590 350 545Z',
      paint.linear(
        [0, 0, 1, 0],
        [
          [0, darker(shade, 0.06)],
          [0.4, lighter(shade, 0.75)],
          [0.7, shade],
          [1, darker(shade, 0.2)],
        ],
      ),
    ),
    path('M350 545Q600 590 850 545Q600 612 350 545Z', '#fff6d8'),
    ellipse(MIDDLE, 200, 150, 20, darker(shade, 0.25)),
    ellipse(MIDDLE, 203, 132, 14, '#fff1c4'),
  ].join('');

/** A vase with branches of eucalyptus. */
export const vase: Drawing = (paint, clay, leaf) => {
  const branch = (lean: number, height: number, seed: number) => {
    const roll = dice(seed);
    const at = (share: number) => ({ x: 600 + lean * share ** 1.5, y: 560 - height * share });
    const leaves = Array.from({ length: 9 }, (_, index) => {
      const share = 0.2 + index * 0.095;
      const { x, y } = at(share);
      const size = 56 - index * 3.4;
      const tint = mix(leaf, roll() > 0.5 ? '#dfe8d0' : '#2f4f46', 0.08 + roll() * 0.28);
      return [-1, 1]
        .map((side) => {
          const angle = side * (38 + roll() * 22) + lean * 0.09;
          return turned(
            angle,
            x,
            y,
            ellipse(x, y - size * 0.9, size * 0.56, size * 0.8, paint.fall(tint, 0.7)) +
              stroke(`M${x} ${y}V${y - size * 1.4}`, lighter(tint, 0.3), 2.4, { opacity: 0.6 }),
          );
        })
        .join('');
    });
    const { x, y } = at(1);
    return (
      stroke(`M600 600Q${600 + lean * 0.2} ${560 - height * 0.5} ${x} ${y}`, darker(leaf, 0.35), 7) + leaves.join('')
    );
  };
  const body = `M545 540C560 600 420 660 420 780S480 ${FLOOR} 530 ${FLOOR}H670C720 ${FLOOR} 780 900 780 780S640 600 655 540Z`;
  return [
    paint.shadow(MIDDLE, FLOOR, 300),
    branch(-215, 300, 3),
    branch(225, 330, 8),
    branch(-60, 400, 5),
    branch(85, 420, 12),
    branch(-140, 190, 21),
    branch(120, 170, 17),
    path(body, paint.ball(clay)),
    paint.clip(path(body, '#000'), path('M400 800Q600 850 800 800V960H400Z', darker(clay, 0.3), { opacity: 0.35 })),
    ellipse(MIDDLE, 540, 56, 13, lighter(clay, 0.3)),
    ellipse(MIDDLE, 542, 44, 8, darker(clay, 0.6)),
    stroke('M600 545L588 500M600 545L612 500', darker(leaf, 0.35), 7),
  ].join('');
};

/** A candle in a glass. */
export const candle: Drawing = (paint, glass, wax) =>
  [
    ellipse(
      MIDDLE,
      470,
      400,
      380,
      paint.radial(0.5, 0.5, 0.5, [
        [0, '#ffe9ac', 0.9],
        [0.4, '#ffe2a0', 0.35],
        [1, '#ffe2a0', 0],
      ]),
    ),
    paint.shadow(MIDDLE, FLOOR, 340),
    path(`M425 560H775V895Q775 ${FLOOR} 725 ${FLOOR}H475Q425 ${FLOOR} 425 895Z`, paint.tube(glass, 1.1), {
      opacity: 0.9,
    }),
    path(
      'M444 640H756V885Q756 918 718 918H482Q444 918 444 885Z',
      paint.linear(
        [0, 0, 0, 1],
        [
          [0, '#fff1cf'],
          [0.35, wax],
          [1, darker(wax, 0.3)],
        ],
      ),
      { opacity: 0.92 },
    ),
    ellipse(
      MIDDLE,
      640,
      156,
      30,
      paint.radial(0.5, 0.5, 0.6, [
        [0, '#fffbe6'],
        [1, lighter(wax, 0.35)],
      ]),
    ),
    stroke('M600 640V590', '#3b2f2a', 9),
    path(
      'M600 455C650 525 642 600 600 606C558 600 550 525 600 455Z',
      paint.linear(
        [0, 0, 0, 1],
        [
          [0, '#ffd25e'],
          [0.6, '#ff9d3b'],
          [1, '#e8743a'],
        ],
      ),
    ),
    path('M600 520C622 556 620 594 600 598C580 594 578 556 600 520Z', '#fff7d6'),
    ellipse(MIDDLE, 560, 175, 34, 'none', { stroke: lighter(glass, 0.7), 'stroke-width': 8 }),
    box(500, 720, 200, 130, 6, '#fbf6ec'),
    ...[752, 782, 812].map((y, index) =>
      stroke(`M${540 + index * 8} ${y}H${660 - index * 8}`, darker(wax, 0.5), index === 0 ? 9 : 5, { opacity: 0.65 }),
    ),
    box(452, 590, 18, 310, 9, '#fff', { opacity: 0.3 }),
  ].join('');

/** An upholstered armchair on wooden legs. */
export const armchair: Drawing = (paint, fabric, wood, cushion) =>
  [
    paint.shadow(MIDDLE, FLOOR + 5, 640, 56),
    ...[
      [365, 10],
      [835, -10],
      [430, 4],
      [770, -4],
    ].map(([x, lean], index) =>
      path(
        `M${x - 17} 820H${x + 17}L${x + 9 - lean} ${index < 2 ? FLOOR + 6 : FLOOR - 22}H${x - 9 - lean}Z`,
        paint.tube(index < 2 ? wood : darker(wood, 0.3)),
      ),
    ),
    path('M390 640C360 400 400 300 600 300S840 400 810 640V800H390Z', paint.fall(fabric)),
    path('M445 640C428 430 460 350 600 350S772 430 755 640Z', paint.fall(lighter(fabric, 0.1))),
    ...[500, 600, 700].map((x) => circle(x, 455, 9, darker(fabric, 0.35))),
    ...[550, 650].map((x) => circle(x, 545, 9, darker(fabric, 0.35))),
    box(372, 665, 456, 110, 44, paint.fall(lighter(fabric, 0.14))),
    box(360, 750, 480, 95, 26, paint.fall(darker(fabric, 0.14))),
    path('M290 600Q290 550 345 550T400 605V845H330Q290 845 290 800Z', paint.tube(fabric)),
    path('M910 600Q910 550 855 550T800 605V845H870Q910 845 910 800Z', paint.tube(darker(fabric, 0.08))),
    turned(
      -9,
      600,
      600,
      box(505, 520, 190, 170, 36, paint.fall(cushion)) +
        stroke('M530 605H670M600 540V670', lighter(cushion, 0.35), 6, { opacity: 0.6 }),
    ),
  ].join('');

/** A clock on the wall. */
export const clock: Drawing = (paint, wood, face, hand) =>
  [
    paint.blur(30, circle(640, 545, 300, '#2a2030', { opacity: 0.34 })),
    circle(600, 500, 312, paint.fall(wood)),
    circle(600, 500, 280, darker(wood, 0.45)),
    circle(603, 504, 274, paint.fall(face, 0.35)),
    ...Array.from({ length: 60 }, (_, index) =>
      turned(
        index * 6,
        603,
        504,
        index % 5 === 0
          ? box(597, 252, 12, index % 15 === 0 ? 52 : 36, 6, darker(face, 0.72))
          : box(601, 254, 4, 15, 2, darker(face, 0.4)),
      ),
    ),
    group(
      [
        turned(305, 603, 504, path('M594 525V352Q603 336 612 352V525Z', darker(face, 0.78))),
        turned(52, 603, 504, path('M596 535V294Q603 280 610 294V535Z', darker(face, 0.78))),
        turned(170, 603, 504, box(600.5, 300, 5, 260, 2.5, hand)),
      ].join(''),
    ),
    circle(603, 504, 20, hand),
    circle(603, 504, 7, face),
    path('M400 340A270 270 0 0 1 560 245', 'none', {
      stroke: '#fff',
      'stroke-width': 16,
      'stroke-linecap': 'round',
      opacity: 0.35,
    }),
  ].join('');
