// node bin/tool.mjs tools/x/main.ts [ARGUMENT ...]: runs a tool of the repository.
import { importTool } from "./bundle.mjs";

const [, , entry, ...rest] = process.argv;
const { main } = await importTool(entry);
await main([process.argv[0], entry, ...rest]);
