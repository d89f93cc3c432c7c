#!/usr/bin/env node
import { importTool } from "./bundle.mjs";

const { main } = await importTool("tools/cli/main.ts");
await main(process.argv);
