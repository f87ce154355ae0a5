/**
 * Joins the engine, which runs transitions, with the effects that runs have on each other, which are written on top
 * of it. Apart from this file neither has to know how the other is made.
 */
import { applyCrossRunEffect } from './cross-run-effects.js';
import { HistoryEngine } from './history-engine.js';
import type { HistoryEngineOptions } from './history-engine.js';

export function createHistoryEngine(options: Omit<HistoryEngineOptions, 'applyEffect'>): HistoryEngine {
  return new HistoryEngine({ ...options, applyEffect: applyCrossRunEffect });
}
