/** A board of a federation: the same file on a chip and in a process of a computer. README.md says what to flash, and what to type. */

import { args } from "ruvllm-esp32/platform/runtime";
import { startBoard } from "ruvllm-esp32/espnow-federation/app/start";

startBoard(args);
