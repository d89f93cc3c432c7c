import { execFileSync } from "node:child_process";
import { buildDesktopHost } from "../build/desktop.ts";
import { bundleSuites } from "./bundle.ts";
export async function main(): Promise<void> {
	const { executable } = await buildDesktopHost();
	execFileSync(executable, [await bundleSuites()], { stdio: "inherit" });
}
