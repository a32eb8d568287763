// tar-fs ships no types; this is all we use of it.
declare module "tar-fs" {
  export function extract(folder: string, options?: { chown?: boolean }): NodeJS.WritableStream;
}
