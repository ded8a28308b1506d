/** What is printed when the server listens. */
export function greet(url: string): void {
  process.stdout.write(`Jejak listens on ${url}\n`);
}
