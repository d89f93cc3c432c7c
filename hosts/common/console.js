/* Port: src/platform/console.d.ts */
function print(text) @ "xs_console_print"
function write(bytes, offset, count) @ "xs_console_write"
function onLine(callback) @ "xs_console_onLine"
function printError(text) @ "xs_console_printError"

export { print, write, onLine, printError };
