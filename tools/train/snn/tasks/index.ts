/** All tasks by name. */

import { falls } from "./falls.ts";
import { heart } from "./heart.ts";
import { sound } from "./sound.ts";

export const TASKS = { sound, falls, heart };
