import { classification, scoredLabels, softmax } from '../../src/inference/domain/classification';

const settings = { top: 2, threshold: 0, softmax: false };
const model = { name: 'm' };

test('softmax gives probabilities, also of outputs whose powers no number can hold', () => {
  expect(softmax([0, Math.log(3)])).toEqual([0.25, 0.75].map((score) => expect.closeTo(score, 12)));
  expect(softmax([1000, 1000, -1000])).toEqual([0.5, 0.5, 0]);
});

test('outputs are named by the labels, or by their number', () => {
  expect(scoredLabels([0.2, 0.8], { ...settings, labels: ['cat', 'dog'] })).toEqual([
    { label: 'cat', score: 0.2 },
    { label: 'dog', score: 0.8 },
  ]);
  expect(scoredLabels([0.2, 0.8], settings).map(({ label }) => label)).toEqual(['0', '1']);
});

test('the likeliest come first, equal ones in the order of the model', () => {
  const scores = scoredLabels([0.1, 0.4, 0.1, 0.4], settings);
  expect(classification(scores, { top: 3, threshold: 0 }, model)).toEqual({
    label: '1',
    score: 0.4,
    scores: [
      { label: '1', score: 0.4 },
      { label: '3', score: 0.4 },
      { label: '0', score: 0.1 },
    ],
    model,
  });
});

test('below the threshold nothing is named; the scores are told all the same', () => {
  const scores = scoredLabels([0.4, 0.6], settings);
  expect(classification(scores, { top: 1, threshold: 0.6 }, model).label).toBe('1');
  expect(classification(scores, { top: 1, threshold: 0.61 }, model)).toMatchObject({ label: null, score: 0.6 });
});

test('rounding of 32 bit floats does not lead out of the range', () => {
  expect(scoredLabels([1.00001, -0.00001], settings).map(({ score }) => score)).toEqual([1, 0]);
});

test.each([
  ['other classes than labels', [0.1, 0.9], { labels: ['a'] }, 'tells 2 classes apart, but has 1 labels'],
  ['no numbers', [Number.NaN], {}, 'something other than a number'],
  ['nothing', [], {}, 'something other than a number'],
  ['no probabilities', [3, -2], {}, 'it needs a softmax'],
])('a model that answers %s has failed', (_name, outputs, more, detail) => {
  expect(() => scoredLabels(outputs, { ...settings, ...more })).toThrow(
    expect.objectContaining({ code: 'model_failed', detail: expect.stringContaining(detail) }),
  );
});
