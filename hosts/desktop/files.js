/* Files, on the desktop only; see src/platform/files.d.ts. */
function readFile(path) @ "xs_files_read"
function writeFile(path, bytes) @ "xs_files_write"
function exists(path) @ "xs_files_exists"

export { readFile, writeFile, exists };
