import {
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
  type Paint,
  path,
  stroke,
  turned,
} from './paint';

function pot(paint: Paint, x: number, top: number, half: number, bottom: number, clay: string): string {
  const foot = half * 0.72;
  return [
    path(
      `M${x - half} ${top}H${x + half}L${x + foot} ${bottom - 14}Q${x + foot - 4} ${bottom} ${x + foot - 22} ${bottom}H${x - foot + 22}Q${x - foot + 4} ${bottom} ${x - foot} ${bottom - 14}Z`,
      paint.tube(clay),
    ),
    path(
      `M${x - half - 14} ${top - 10}H${x + half + 14}V${top + 40}H${x - half - 14}Z`,
      paint.tube(lighter(clay, 0.08)),
    ),
    path(
      `M${x - half - 4} ${top + 40}H${x + half + 4}L${x + half - 4} ${top + 62}H${x - half + 4}Z`,
      darker(clay, 0.5),
      { opacity: 0.3 },
    ),
    ellipse(x, top - 10, half + 14, (half + 14) * 0.13, darker('#5b4334', 0.15)),
  ].join('');
}

/** A monstera with its split leaves. */
export const monstera: Drawing = (paint, clay, leaf) => {
  const blade = (x: number, y: number, angle: number, size: number, tint: number) => {
    const colour = mix(leaf, tint > 0 ? '#a9c77d' : '#163d31', Math.abs(tint));
    const heart = 'M0 60C-60 90 -150 50 -150 -60C-150 -170 -60 -230 0 -270C60 -230 150 -170 150 -60C150 50 60 90 0 60Z';
    const slit = (side: number, at: number) =>
      `M${side * 40} ${at}Q${side * 100} ${at - 36} ${side * 156} ${at - 44}L${side * 156} ${at - 16}Q${side * 100} ${at - 14} ${side * 40} ${at}Z`;
    const outline = [heart, ...[-1, 1].flatMap((side) => [-30, -95, -158].map((at) => slit(side, at)))].join('');
    return group(
      paint.clip(path(heart, '#000'), path(outline, paint.fall(colour), { 'fill-rule': 'evenodd' })) +
        stroke('M0 60Q6 -100 0 -255', lighter(colour, 0.35), 5, { opacity: 0.7 }) +
        [-1, 1]
          .map((side) =>
            [-10, -72, -135]
              .map((at) =>
                stroke(`M0 ${at + 22}Q${side * 60} ${at - 18} ${side * 118} ${at - 22}`, lighter(colour, 0.3), 3, {
                  opacity: 0.5,
                }),
              )
              .join(''),
          )
          .join(''),
      { transform: `translate(${x} ${y}) rotate(${angle}) scale(${size})` },
    );
  };
  const stem = (d: string) => stroke(d, darker(leaf, 0.15), 12);
  return [
    paint.shadow(MIDDLE, FLOOR, 280),
    stem('M590 720Q540 560 380 500'),
    stem('M610 720Q660 560 800 480'),
    stem('M600 720Q600 520 610 400'),
    stem('M592 720Q500 640 420 660'),
    stem('M612 720Q700 650 770 660'),
    blade(350, 470, -48, 0.92, -0.35),
    blade(835, 450, 44, 0.95, -0.3),
    blade(615, 385, 4, 1.02, 0.05),
    blade(390, 665, -82, 0.62, 0.25),
    blade(800, 665, 78, 0.66, 0.2),
    blade(520, 590, -24, 0.66, 0.32),
    blade(690, 600, 26, 0.6, 0.38),
    pot(paint, MIDDLE, 735, 150, FLOOR, clay),
  ].join('');
};

/** A cactus in flower. */
export const cactus: Drawing = (paint, clay, skin, flower) => {
  const column = (d: string, lines: string[]) =>
    path(d, paint.tube(skin, 1.1)) + lines.map((line) => stroke(line, darker(skin, 0.3), 4, { opacity: 0.5 })).join('');
  const roll = dice(4);
  const spines = Array.from({ length: 46 }, () => {
    const [x, y] = [520 + roll() * 160, 330 + roll() * 390];
    return stroke(`M${x - 6} ${y - 5}L${x + 6} ${y + 5}M${x + 6} ${y - 5}L${x - 6} ${y + 5}`, '#f3efd8', 2.4, {
      opacity: 0.85,
    });
  });
  const bloom = (x: number, y: number, size: number) =>
    group(
      Array.from({ length: 9 }, (_, index) =>
        turned(index * 40, 0, 0, ellipse(0, -30, 15, 32, paint.fall(flower))),
      ).join('') + circle(0, 0, 14, '#f7d35c'),
      { transform: `translate(${x} ${y}) scale(${size})` },
    );
  return [
    paint.shadow(MIDDLE, FLOOR, 300),
    column('M505 640H420Q345 640 345 565V500Q345 462 383 462T421 500V545Q421 562 440 562H520Z', [
      'M383 480V580Q384 602 410 602H500',
    ]),
    column('M690 590H770Q850 590 850 510V440Q850 402 812 402T774 440V490Q774 512 752 512H680Z', [
      'M812 420V520Q810 552 780 552H700',
    ]),
    column('M500 760V400Q500 270 600 270T700 400V760Z', [
      'M540 310Q528 400 530 740',
      'M600 275V740',
      'M660 310Q672 400 670 740',
    ]),
    ...spines,
    bloom(600, 262, 1.25),
    bloom(383, 455, 0.85),
    bloom(812, 396, 0.8),
    pot(paint, MIDDLE, 745, 160, FLOOR, clay),
  ].join('');
};

/** A snake plant. */
export const snakePlant: Drawing = (paint, clay, leaf, edge) => {
  const blade = (x: number, lean: number, height: number, width: number) => {
    const [tip, top] = [x + lean, 740 - height];
    const d = `M${x - width * 0.5} 745C${x - width + lean * 0.1} ${740 - height * 0.4} ${tip - width * 0.7} ${top + height * 0.25} ${tip} ${top}C${tip + width * 0.7} ${top + height * 0.25} ${x + width + lean * 0.1} ${740 - height * 0.4} ${x + width * 0.5} 745Z`;
    const bands = Array.from({ length: Math.floor(height / 34) }, (_, index) => {
      const y = 735 - index * 34;
      return stroke(`M${x - 120} ${y}q30-18 60 0t60 0t60 0t60 0`, lighter(leaf, 0.3), 7, { opacity: 0.35 });
    });
    return path(d, paint.tube(leaf)) + paint.clip(path(d, '#000'), bands.join('')) + stroke(d, edge, 7);
  };
  return [
    paint.shadow(MIDDLE, FLOOR, 290),
    blade(535, -150, 430, 40),
    blade(670, 160, 460, 42),
    blade(560, -70, 570, 46),
    blade(645, 70, 540, 46),
    blade(600, 8, 620, 50),
    blade(520, -40, 300, 38),
    blade(690, 60, 280, 38),
    pot(paint, MIDDLE, 745, 165, FLOOR, clay),
  ].join('');
};

/** A watering can. */
export const wateringCan: Drawing = (paint, metal, brass) =>
  [
    paint.shadow(640, FLOOR, 430),
    path('M470 830L250 520L282 500L520 740Z', paint.fall(darker(metal, 0.1))),
    turned(
      -35,
      262,
      505,
      path('M222 470H302L322 520H202Z', paint.fall(brass)) + ellipse(262, 470, 42, 12, darker(brass, 0.45)),
    ),
    stroke('M820 610C1010 560 1010 840 830 860', paint.fall(darker(metal, 0.15)), 30),
    stroke('M520 560C540 360 800 370 806 560', paint.fall(metal), 28),
    path(`M470 560H830L848 905Q850 ${FLOOR} 812 ${FLOOR}H488Q450 ${FLOOR} 452 905Z`, paint.tube(metal)),
    path('M470 560Q650 520 830 560Q650 612 470 560Z', darker(metal, 0.45)),
    path('M470 560Q560 540 690 541Q760 560 700 588Q570 590 470 560Z', lighter(metal, 0.18)),
    stroke('M463 665Q650 706 837 665', brass, 12),
    stroke('M456 862Q650 902 844 862', brass, 12),
    stroke('M515 640L508 850', '#fff', 16, { opacity: 0.28 }),
  ].join('');

/** Three pots of herbs. */
export const herbs: Drawing = (paint, clay, basil, rosemary, mint) => {
  const bush = (x: number, colour: string, seed: number, narrow: boolean) => {
    const roll = dice(seed);
    return Array.from({ length: 46 }, (_, index) => {
      const spread = narrow ? 78 : 112;
      const [dx, dy] = [(roll() - 0.5) * 2 * spread, roll() * (narrow ? 300 : 230)];
      const [lx, ly] = [x + dx * (1 - dy / 520), 735 - dy];
      const tint = mix(colour, roll() > 0.45 ? '#d8e8a0' : '#1d3b2a', 0.05 + roll() * 0.32);
      const size = narrow ? 9 : 26 + roll() * 16;
      const leaf = ellipse(lx, ly, size, narrow ? 46 : size * 0.62, paint.fall(tint, 0.6));
      return (
        turned(narrow ? dx * 0.3 : (roll() - 0.5) * 120, lx, ly, leaf) +
        (index % 7 === 0
          ? stroke(`M${x} 760Q${x} ${ly + 60} ${lx} ${ly}`, darker(colour, 0.3), 4, { opacity: 0.5 })
          : '')
      );
    }).join('');
  };
  const one = (x: number, colour: string, seed: number, narrow = false) =>
    paint.shadow(x, FLOOR, 170) + bush(x, colour, seed, narrow) + pot(paint, x, 755, 98, FLOOR, clay);
  return one(345, basil, 2) + one(855, mint, 9) + one(MIDDLE, rosemary, 6, true);
};
