import { BuildError } from "../../build/errors.ts";

/** What keeps a stream from being built: data that is not there, options that fit no stream. */
export class StreamError extends BuildError {}
