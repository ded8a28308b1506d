import type { SampleAccounts } from '@jejak/runtime';

/** What is printed when the server listens: the address, and with the sample, who can sign in and what to try. */
export function greet(url: string, sample: SampleAccounts | undefined): void {
  process.stdout.write(`Jejak listens on ${url}\n`);
  if (sample === undefined) return;
  const width = Math.max(...sample.accounts.map(({ login }) => login.length));
  const accounts = sample.accounts.map(({ login, role }) => `  ${login.padEnd(width)}  ${role}`).join('\n');
  process.stdout.write(`
The sample Malang Smart City 2023 is loaded; what of it is published and what is reconstructed is told in
test/fixtures/malang-2023/README.md. Its accounts, all with the password ${sample.password}

${accounts}

Three things to try:
  1. Read the published figures of Phase II, without signing in:
     curl ${url}/v1/programmes/malang.2023/phases/2/snapshot
  2. See why a figure is what it is, signed in as "asesor":
     ${url}/v1/programmes/malang.2023/figures?dimension=branding
  3. Complete the missing action BRA-09 as "disporapar", confirm it as "verifikator", and read the live figure:
     the commands are in README.md, under "The sample's story".

The interface is described at ${url}/v1/openapi.json
`);
}

/** What is printed when nobody can sign in yet. */
export function sayHowToBegin(): void {
  process.stdout.write(
    'There is no account yet. The first operator comes from: ' +
      'npm run jejak -- account create --login NAME --name "Full Name" --operator\n',
  );
}
