/** Figures in few words. */

import type { Figure } from "../../tools/bench/suites.ts";

type More = Partial<Pick<Figure, "limit" | "atLeast" | "note">>;
const figure = (tier: Figure["tier"]) => (name: string, value: number, unit = "", more: More = {}): Figure => ({ figure: name, value, ...unit && { unit }, tier, ...more });

export const measured = figure("measured"), emulated = figure("emulated"), projected = figure("projected");
export const round = (value: number, digits = 4): number => Number(value.toFixed(digits));
