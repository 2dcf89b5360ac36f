import { box, circle, type Drawing, darker, ellipse, FLOOR, lighter, MIDDLE, path, stroke, turned } from './paint';

/** A backpack with leather straps. */
export const backpack: Drawing = (paint, canvas, leather, metal) =>
  [
    paint.shadow(MIDDLE, FLOOR, 430),
    stroke('M520 290C520 190 680 190 680 290', leather, 22),
    path('M395 470Q330 480 330 560V790Q330 830 385 830Z', darker(canvas, 0.3)),
    path('M805 470Q870 480 870 560V790Q870 830 815 830Z', darker(canvas, 0.38)),
    path(
      `M375 480Q375 275 600 275T825 480V860Q825 ${FLOOR} 740 ${FLOOR}H460Q375 ${FLOOR} 375 860Z`,
      paint.tube(canvas, 0.8),
    ),
    path('M420 665H780V840Q780 885 735 885H465Q420 885 420 840Z', paint.tube(lighter(canvas, 0.06), 0.7), {
      stroke: darker(canvas, 0.35),
      'stroke-width': 4,
    }),
    stroke('M435 712H765', darker(canvas, 0.45), 5, { 'stroke-dasharray': '13 9' }),
    path(
      'M372 470Q372 270 600 270T828 470V545Q828 600 770 600H430Q372 600 372 545Z',
      paint.fall(lighter(canvas, 0.05)),
    ),
    stroke('M395 540Q395 578 435 578H765Q805 578 805 540', darker(canvas, 0.45), 5, { 'stroke-dasharray': '13 9' }),
    ...[470, 730].map(
      (x) =>
        path(`M${x - 26} 545H${x + 26}V730L${x} 750L${x - 26} 730Z`, paint.fall(leather)) +
        box(x - 38, 640, 76, 46, 10, 'none', { stroke: metal, 'stroke-width': 10 }) +
        box(x - 3, 640, 6, 46, 3, metal),
    ),
    box(540, 430, 120, 70, 10, paint.fall(leather)),
    stroke('M560 465H640', lighter(leather, 0.35), 5),
  ].join('');

/** A canvas tote bag. */
export const tote: Drawing = (paint, canvas, print, handle) =>
  [
    paint.shadow(MIDDLE, FLOOR, 520),
    stroke('M480 470C470 150 730 150 720 470', darker(handle, 0.3), 26),
    path(`M345 430H855L895 915Q897 ${FLOOR} 868 ${FLOOR}H332Q303 ${FLOOR} 305 915Z`, paint.tube(canvas, 0.55)),
    path('M345 430H855L858 468H342Z', darker(canvas, 0.1)),
    stroke('M342 470H858', darker(canvas, 0.35), 4, { 'stroke-dasharray': '12 9' }),
    stroke('M455 560V465C445 170 755 170 745 465V560', paint.fall(handle), 30),
    ...[455, 745].map(
      (x) =>
        box(x - 24, 520, 48, 62, 4, handle) +
        stroke(`M${x - 16} 532L${x + 16} 570M${x + 16} 532L${x - 16} 570`, lighter(handle, 0.45), 4),
    ),
    circle(MIDDLE, 735, 108, print),
    path('M502 760Q550 690 600 735T698 745A108 108 0 0 1 502 775Z', lighter(print, 0.55)),
    circle(640, 690, 25, lighter(print, 0.8)),
    stroke('M400 600Q388 760 372 900', darker(canvas, 0.3), 7, { opacity: 0.2 }),
    stroke('M815 620Q830 760 832 890', darker(canvas, 0.3), 9, { opacity: 0.2 }),
  ].join('');

/** A travel bag. */
export const weekender: Drawing = (paint, canvas, leather, metal) =>
  [
    paint.shadow(MIDDLE, FLOOR, 700, 58),
    stroke('M440 600C440 350 760 350 760 600', darker(leather, 0.3), 26),
    path(
      `M265 640Q265 540 365 540H835Q935 540 935 640V855Q935 ${FLOOR} 850 ${FLOOR}H350Q265 ${FLOOR} 265 855Z`,
      paint.fall(canvas),
    ),
    path(`M265 830H935V855Q935 ${FLOOR} 850 ${FLOOR}H350Q265 ${FLOOR} 265 855Z`, paint.fall(leather)),
    path('M300 545Q600 500 900 545L905 580Q600 540 295 580Z', darker(canvas, 0.28)),
    stroke('M310 562Q600 520 890 562', metal, 7),
    box(862, 550, 44, 24, 6, metal),
    ...[420, 780].map(
      (x) =>
        path(`M${x - 30} 560H${x + 30}V${FLOOR - 4}H${x - 30}Z`, paint.tube(leather)) +
        stroke(`M${x - 22} 575V930M${x + 22} 575V930`, lighter(leather, 0.4), 3, { 'stroke-dasharray': '10 8' }),
    ),
    stroke('M420 640C420 330 780 330 780 640', paint.fall(leather), 30),
    ...[420, 780].map((x) => circle(x, 640, 17, metal)),
    turned(
      8,
      600,
      700,
      box(558, 640, 84, 120, 12, paint.fall(lighter(leather, 0.12))) + box(574, 664, 52, 70, 6, '#f7efe2'),
    ),
  ].join('');

/** A knitted hat with a bobble. */
export const beanie: Drawing = (paint, wool, band, bobble) => {
  const dome = 'M320 790C320 430 450 330 600 330S880 430 880 790Z';
  const ribs = Array.from({ length: 13 }, (_, index) => {
    const x = 345 + index * 42.5;
    return stroke(`M${x} 790Q${x + (600 - x) * 0.12} 520 ${600 + (x - 600) * 0.24} 342`, darker(wool, 0.3), 7, {
      opacity: 0.42,
    });
  });
  const rows = Array.from({ length: 14 }, (_, index) =>
    stroke(`M300 ${770 - index * 32}Q600 ${800 - index * 32} 900 ${770 - index * 32}`, lighter(wool, 0.4), 5, {
      opacity: 0.28,
      'stroke-dasharray': '14 16',
    }),
  );
  const tufts = Array.from({ length: 34 }, (_, index) =>
    turned(
      index * 10.6,
      600,
      300,
      path(
        `M585 300Q590 ${205 - (index % 4) * 9} 603 ${196 - (index % 3) * 8}Q612 ${215} 615 300Z`,
        index % 2 ? bobble : lighter(bobble, 0.3),
      ),
    ),
  );
  return [
    paint.shadow(MIDDLE, FLOOR, 560),
    path(dome, paint.ball(wool)),
    paint.clip(path(dome, '#000'), ribs.join('') + rows.join('')),
    path(
      `M300 770Q600 810 900 770Q918 850 900 ${FLOOR - 8}Q600 ${FLOOR + 30} 300 ${FLOOR - 8}Q282 850 300 770Z`,
      paint.tube(band),
    ),
    ...Array.from({ length: 24 }, (_, index) =>
      stroke(
        `M${312 + index * 25} ${784 + Math.sin((index / 23) * Math.PI) * 18}V${926 + Math.sin((index / 23) * Math.PI) * 20}`,
        darker(band, 0.3),
        8,
        { opacity: 0.35 },
      ),
    ),
    ...tufts,
    circle(600, 300, 72, paint.ball(bobble), { opacity: 0.75 }),
  ].join('');
};

/** Sunglasses. */
export const sunglasses: Drawing = (paint, frame, lens) => {
  const glass = 'M0 0C90 -34 240 -30 262 10C276 70 244 200 132 204S-10 90 0 0Z';
  const side = (transform: string) =>
    `<g transform="${transform}">${path(
      glass,
      paint.linear(
        [0, 0, 0.4, 1],
        [
          [0, darker(lens, 0.45)],
          [1, lighter(lens, 0.3)],
        ],
      ),
      { stroke: frame, 'stroke-width': 34, 'stroke-linejoin': 'round' },
    )}${stroke(glass, lighter(frame, 0.3), 6, { opacity: 0.7 })}${stroke('M60 130Q84 40 150 22', '#fff', 20, { opacity: 0.35 })}</g>`;
  return [
    paint.blur(22, ellipse(620, 925, 380, 30, '#2a2030', { opacity: 0.34 })),
    stroke('M296 706L348 570Q362 538 400 546', darker(frame, 0.3), 22),
    stroke('M904 706L852 570Q838 538 800 546', darker(frame, 0.35), 22),
    side('translate(300 700)'),
    `<g transform="translate(1200 0) scale(-1 1)">${side('translate(300 700)')}</g>`,
    stroke('M562 716Q600 676 638 716', frame, 32),
    stroke('M566 708Q600 674 634 708', lighter(frame, 0.35), 7, { opacity: 0.7 }),
  ].join('');
};
