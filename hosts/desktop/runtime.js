/* Port: src/platform/runtime.d.ts */
function getArgs() @ "xs_runtime_args"
function exit(code) @ "xs_runtime_exit"
function memoryUse() @ "xs_runtime_memoryUse"
function collect() @ "xs_runtime_collect"
const args = getArgs();
const host = "desktop";

export { args, exit, host, memoryUse, collect };
