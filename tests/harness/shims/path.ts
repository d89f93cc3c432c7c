/** What mocha's core uses of node:path. */
export const sep = "/";
export const join = (...parts: string[]): string => parts.filter(Boolean).join("/");
export const relative = (_from: string, to: string): string => to;
export const resolve = (...parts: string[]): string => join(...parts);
export const basename = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const dirname = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export default { sep, join, relative, resolve, basename, dirname };
