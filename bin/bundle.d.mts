export const root: string;
export function cacheRoot(): string;
export function importTool(entry: string): Promise<{ main(argv: string[]): Promise<void> }>;
