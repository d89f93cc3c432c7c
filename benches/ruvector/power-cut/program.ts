/** On XS: the power is cut at every write. Arguments: operations, seed. */

import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { cutEverywhere } from "./cut";
import { draw } from "./draw";

print(JSON.stringify(cutEverywhere(Number(args[0]), draw(Number(args[1])))) + "\n");
