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

/** A tent with its door open and light inside. */
export const tent: Drawing = (paint, cloth, inside, rope) =>
  [
    paint.shadow(MIDDLE, FLOOR, 760, 52),
    stroke('M600 372L140 925', rope, 6),
    stroke('M600 372L1075 925', rope, 6),
    path(`M600 365L960 ${FLOOR}H600Z`, paint.fall(darker(cloth, 0.2))),
    path(
      `M600 365L240 ${FLOOR}H960Z`,
      paint.linear(
        [0, 0, 1, 0],
        [
          [0, darker(cloth, 0.1)],
          [0.4, lighter(cloth, 0.22)],
          [0.5, cloth],
          [1, darker(cloth, 0.3)],
        ],
      ),
    ),
    path(
      `M600 470L470 ${FLOOR}H742Z`,
      paint.radial(0.5, 0.8, 0.8, [
        [0, lighter(inside, 0.5)],
        [0.7, inside],
        [1, darker(inside, 0.35)],
      ]),
    ),
    path(`M600 455L742 ${FLOOR}H790Q720 760 600 455Z`, paint.fall(lighter(cloth, 0.12))),
    path(`M600 455L470 ${FLOOR}H420Q480 760 600 455Z`, paint.fall(lighter(cloth, 0.3))),
    stroke('M600 365V330', darker(rope, 0.3), 10),
    stroke(`M600 365L240 ${FLOOR}`, lighter(cloth, 0.45), 6, { opacity: 0.8 }),
    path('M600 330L668 306L600 282Z', inside),
    ...[150, 1065].map((x) => path(`M${x - 8} 915L${x + 4} 955L${x + 14} 918Z`, darker(rope, 0.5))),
  ].join('');

/** A vacuum flask with its cup. */
export const flask: Drawing = (paint, steel, cap, ring) =>
  [
    paint.shadow(540, FLOOR, 250),
    path(
      `M430 430Q430 340 470 320H610Q650 340 650 430V900Q650 ${FLOOR} 605 ${FLOOR}H475Q430 ${FLOOR} 430 900Z`,
      paint.tube(steel),
    ),
    box(430, 800, 220, 40, 0, paint.tube(ring)),
    box(430, 858, 220, 16, 0, paint.tube(ring)),
    box(450, 290, 180, 50, 8, paint.tube('#c9ccd0')),
    path('M458 175Q458 150 490 150H590Q622 150 622 175V295H458Z', paint.tube(cap)),
    ...[200, 230, 260].map((y) => stroke(`M460 ${y}H620`, darker(cap, 0.35), 4, { opacity: 0.5 })),
    path('M500 640L540 560L580 640ZM480 660L515 592L550 660Z', lighter(steel, 0.75), { opacity: 0.9 }),
    box(458, 400, 20, 370, 10, '#fff', { opacity: 0.3 }),
    paint.shadow(815, FLOOR, 200),
    path(`M722 770H908L890 910Q886 ${FLOOR} 850 ${FLOOR}H780Q744 ${FLOOR} 740 910Z`, paint.tube(cap)),
    ellipse(815, 770, 93, 20, lighter(cap, 0.4)),
    ellipse(815, 773, 80, 14, '#5b3520'),
    paint.blur(8, stroke('M790 720c-30-40 30-60 0-105M840 715c-30-40 30-60 0-105', '#ffffff', 13, { opacity: 0.55 })),
  ].join('');

/** A lantern, lit. */
export const lantern: Drawing = (paint, metal, glow) =>
  [
    ellipse(
      MIDDLE,
      610,
      480,
      440,
      paint.radial(0.5, 0.5, 0.5, [
        [0, lighter(glow, 0.55), 0.9],
        [0.5, glow, 0.25],
        [1, glow, 0],
      ]),
    ),
    paint.shadow(MIDDLE, FLOOR, 340),
    stroke('M430 440C400 130 800 130 770 440', '#8d8a86', 14),
    path('M520 300H680L760 430H440Z', paint.tube(metal)),
    box(545, 250, 110, 60, 12, paint.tube(darker(metal, 0.15))),
    box(
      455,
      425,
      290,
      330,
      40,
      paint.radial(0.5, 0.5, 0.7, [
        [0, '#fffbe8'],
        [0.55, lighter(glow, 0.5)],
        [1, glow],
      ]),
    ),
    path(
      'M600 510C655 590 648 680 600 690C552 680 545 590 600 510Z',
      paint.linear(
        [0, 0, 0, 1],
        [
          [0, '#ffdf75'],
          [1, '#f08a35'],
        ],
      ),
    ),
    path('M600 590C626 630 622 676 600 682C578 676 574 630 600 590Z', '#fffbe6'),
    ...[455, 545, 655, 745].map((x) => stroke(`M${x} 425V755`, darker(metal, 0.25), 9)),
    stroke('M455 590H745', darker(metal, 0.25), 9),
    path(`M420 750H780L800 840H400Z`, paint.tube(metal)),
    path(`M400 838H800V905Q800 ${FLOOR} 760 ${FLOOR}H440Q400 ${FLOOR} 400 905Z`, paint.tube(darker(metal, 0.1))),
    circle(MIDDLE, 893, 25, paint.ball('#d8b25c')),
  ].join('');

/** A compass with its lid open. */
export const compass: Drawing = (paint, brass, face, needle) =>
  [
    paint.shadow(MIDDLE, FLOOR + 4, 480, 58),
    circle(MIDDLE, 330, 232, paint.fall(darker(brass, 0.15))),
    circle(MIDDLE, 334, 204, paint.ball(lighter(brass, 0.1))),
    stroke('M600 200L625 318L740 334L625 350L600 468L575 350L460 334L575 318Z', darker(brass, 0.3), 7, {
      opacity: 0.6,
    }),
    box(548, 536, 104, 44, 12, paint.tube(darker(brass, 0.3))),
    path('M340 745C340 880 450 950 600 950S860 880 860 745Z', paint.tube(darker(brass, 0.2))),
    ellipse(MIDDLE, 740, 262, 190, paint.fall(brass)),
    ellipse(MIDDLE, 742, 228, 160, darker(brass, 0.5)),
    ellipse(MIDDLE, 744, 220, 153, paint.fall(face, 0.3)),
    ...Array.from({ length: 36 }, (_, index) => {
      const angle = (index * Math.PI) / 18;
      const inner = index % 9 === 0 ? 0.8 : 0.88;
      const at = (share: number) => `${600 + Math.cos(angle) * 206 * share} ${744 + Math.sin(angle) * 142 * share}`;
      return stroke(`M${at(inner)}L${at(0.97)}`, darker(face, 0.65), index % 9 === 0 ? 9 : 4);
    }),
    `<g transform="translate(600 744) scale(1 0.7) rotate(32)">${path('M-26 0L0 -160L26 0Z', needle)}${path('M0 0L0 -160L26 0Z', darker(needle, 0.25))}${path('M-26 0L0 160L26 0Z', '#f4efe4')}${path('M0 0L0 160L26 0Z', '#cfc7b8')}</g>`,
    ellipse(MIDDLE, 744, 22, 16, paint.ball(brass)),
    path('M430 690Q500 620 600 612', 'none', {
      stroke: '#fff',
      'stroke-width': 14,
      'stroke-linecap': 'round',
      opacity: 0.4,
    }),
  ].join('');

/** A bicycle. */
export const bicycle: Drawing = (paint, frame, leather, tyre) => {
  const wheel = (x: number) =>
    [
      circle(x, 760, 178, 'none', { stroke: tyre, 'stroke-width': 24 }),
      circle(x, 760, 162, 'none', { stroke: '#cfd2d6', 'stroke-width': 8 }),
      ...Array.from({ length: 18 }, (_, index) =>
        turned(index * 20, x, 760, stroke(`M${x} 760L${x + 6} 602`, '#aeb3b9', 2.4)),
      ),
      circle(x, 760, 17, '#8a8f96'),
    ].join('');
  const tube = (d: string, width = 20) =>
    stroke(d, frame, width) + stroke(d, lighter(frame, 0.4), width * 0.22, { opacity: 0.7 });
  return [
    paint.shadow(330, FLOOR, 230),
    paint.shadow(880, FLOOR, 230),
    wheel(325),
    wheel(875),
    tube('M325 760L560 760L480 510M325 760L490 545M560 760L795 520M488 540L792 516', 20),
    tube('M875 760L790 500', 18),
    tube('M790 500L772 440', 18),
    stroke('M772 440Q800 400 880 420', '#5d6168', 16),
    stroke('M840 408Q870 404 900 432', leather, 26),
    stroke('M481 515L465 455', '#8a8f96', 15),
    path('M395 440Q470 412 545 440Q520 466 470 462T395 440Z', paint.fall(leather)),
    stroke('M325 760H560', '#6b7077', 6),
    circle(560, 760, 46, 'none', { stroke: '#6b7077', 'stroke-width': 12 }),
    stroke('M560 760L600 840M560 760L520 680', '#6b7077', 13),
    box(575, 834, 56, 16, 6, '#3a3d42'),
    box(490, 668, 56, 16, 6, '#3a3d42'),
    stroke('M786 480L840 490', '#5d6168', 12),
    group(
      [
        path('M880 440H1010L990 560H900Z', paint.fall('#c99a5e')),
        ...[465, 495, 525].map((y) =>
          stroke(`M${884 + (y - 440) * 0.16} ${y}H${1006 - (y - 440) * 0.16}`, darker('#c99a5e', 0.3), 5),
        ),
        ...[910, 945, 980].map((x) => stroke(`M${x} 444L${945 + (x - 945) * 0.8} 556`, darker('#c99a5e', 0.25), 4)),
        circle(905, 430, 26, paint.ball('#d96c5f')),
        circle(950, 420, 30, paint.ball('#e9b44c')),
        circle(990, 432, 24, paint.ball('#e8e0d0')),
        path('M925 432q-14-40-44-48 4 40 44 48Z', '#5d7c63'),
      ].join(''),
      { transform: 'translate(-62 6)' },
    ),
  ].join('');
};
