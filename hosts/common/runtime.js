/* Port: src/platform/runtime.d.ts */
function getArgs() @ "xs_runtime_args"
function exit(code) @ "xs_runtime_exit"
function memoryUse() @ "xs_runtime_memoryUse"
function collect() @ "xs_runtime_collect"
function getHost() @ "xs_runtime_host"
const args = getArgs();
const host = getHost();

export { args, exit, host, memoryUse, collect };
