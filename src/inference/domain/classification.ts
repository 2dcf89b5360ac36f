import { Refusal } from '../../runtime/refusal';
import type { InferenceSettings } from '../contract';

export interface ScoredLabel {
  readonly label: string;
  /** 0 to 1. */
  readonly score: number;
}

/** What a model says about one image. */
export interface Classification {
  /** The likeliest label; null when its score is below the threshold. */
  readonly label: string | null;
  readonly score: number;
  /** The likeliest first. */
  readonly scores: ScoredLabel[];
  readonly model: { readonly name: string; readonly sha256?: string };
}

/**
 * Names a model's outputs.
 *
 * @throws Refusal `model_failed` when they are not what the settings say
 */
export function scoredLabels(outputs: readonly number[], settings: InferenceSettings): ScoredLabel[] {
  const { labels, softmax: needsSoftmax } = settings;
  if (outputs.length === 0 || !outputs.every(Number.isFinite)) {
    throw modelFailed('The model answered something other than a number for each class.');
  }
  if (labels && labels.length !== outputs.length) {
    throw modelFailed(`The model tells ${outputs.length} classes apart, but has ${labels.length} labels.`);
  }
  const scores = needsSoftmax ? softmax(outputs) : outputs;
  if (scores.some((score) => score < -ROUNDING || score > 1 + ROUNDING)) {
    throw modelFailed('The outputs of the model are not probabilities; it needs a softmax.');
  }
  return scores.map((score, index) => ({ label: labels?.[index] ?? String(index), score: clamp(score) }));
}

/** Sums of 32 bit floats may leave the range by so much. */
const ROUNDING = 1e-4;

export function softmax(outputs: readonly number[]): number[] {
  // Without the shift, exp() of a large output is infinite.
  const most = outputs.reduce((found, value) => Math.max(found, value), Number.NEGATIVE_INFINITY);
  const powers = outputs.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Orders scores, the likeliest first; equal ones in the model's order. */
export function classification(
  scores: readonly ScoredLabel[],
  { top, threshold }: { readonly top: number; readonly threshold: number },
  model: Classification['model'],
): Classification {
  const ranked = [...scores].sort((a, b) => b.score - a.score).slice(0, top);
  const [best] = ranked;
  return { label: best.score < threshold ? null : best.label, score: best.score, scores: ranked, model };
}

export function modelFailed(detail: string): Refusal {
  return new Refusal('model_failed', detail);
}

function clamp(score: number): number {
  return Math.min(1, Math.max(0, score));
}
